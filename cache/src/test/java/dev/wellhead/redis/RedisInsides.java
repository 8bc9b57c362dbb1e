package dev.wellhead.redis;

import dev.wellhead.core.Ticker;
import java.time.Duration;

/** What a simulated Redis needs of the client that nobody else may touch. */
public final class RedisInsides {
    private RedisInsides() {}

    /** Returns the script as it is sent. */
    public static String source(RedisScript<?> script) {
        return script.source();
    }

    /** Returns whether the script returns an array. */
    public static boolean returnsList(RedisScript<?> script) {
        return script.output() == io.lettuce.core.ScriptOutputType.MULTI;
    }

    /** Returns a clock of a client with this budget. */
    public static RedisClock clock(Ticker ticker, Duration budget) {
        return new RedisClock(ticker, budget.toNanos());
    }

    /** Returns what a call ends with that brought no answer. */
    public static RedisUnavailableException unavailable(RedisUnavailableException.Reason reason) {
        return new RedisUnavailableException(reason, true, "simulated", null);
    }
}
