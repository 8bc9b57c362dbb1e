package dev.wellhead.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads the answer to TIME. */
final class RedisTime {
    private RedisTime() {}

    /** Returns microseconds since 1970. */
    static long micros(List<byte[]> secondsAndMicros) {
        return number(secondsAndMicros.get(0)) * 1_000_000 + number(secondsAndMicros.get(1));
    }

    private static long number(byte[] digits) {
        return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
    }
}
