package dev.wellhead.ratelimit;

import dev.wellhead.redis.RedisUnavailableException;
import java.util.concurrent.CompletionException;

/** Finds out why a stage of the Redis client failed. */
final class Failures {
    private Failures() {}

    static RedisUnavailableException of(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof RedisUnavailableException unavailable) {
            return unavailable;
        }
        throw new AssertionError("the client fails with nothing else", cause);
    }
}
