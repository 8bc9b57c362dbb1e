package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.wellhead.redis.Redis;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes values in Redis older than they are. */
final class FarAge {
    private FarAge() {}

    /** Leaves a value so long, as if the rest of the time that it is kept had passed. */
    static void leave(Redis redis, byte[] valueKey, Duration left) {
        Frame frame = Frame.read(redis.call(commands -> commands.get(valueKey)), new TagTable(1))
                .orElseThrow();
        if (left.isNegative() || left.isZero()) {
            redis.call(commands -> commands.del(valueKey));
            return;
        }
        List<byte[]> time = redis.call(commands -> commands.time());
        long now = number(time.get(0)) * 1_000_000 + number(time.get(1));
        long kept = TimeUnit.NANOSECONDS.toMicros(frame.meta().keptNanos());
        byte[] older = frame.toBytes(now + TimeUnit.NANOSECONDS.toMicros(left.toNanos()) - kept);
        redis.call(commands -> commands.set(valueKey, older, SetArgs.Builder.px(left.toMillis())));
    }

    private static long number(byte[] digits) {
        return Long.parseLong(new String(digits, US_ASCII));
    }
}
