package dev.wellhead.redis;

import dev.wellhead.core.Coded;
import org.jspecify.annotations.Nullable;

/**
 * A call to Redis that brought no answer in time, or one that says Redis cannot serve now. Cache and rate limiter turn it
 * into their own fallback; no caller of theirs sees it.
 */
public final class RedisUnavailableException extends RuntimeException implements Coded {
    private static final long serialVersionUID = 1L;

    /** Why there is no answer. */
    public enum Reason {
        /** The budget ran out. Whether the command was or will be carried out is unknown. */
        TIMEOUT("WH-REDIS-001"),
        /** There is no connection, or it broke before the answer. */
        DISCONNECTED("WH-REDIS-002"),
        /** The breaker is open: Redis was not asked. */
        BREAKER_OPEN("WH-REDIS-003"),
        /** Redis answered that it cannot serve: loading, read-only, out of memory, down, not authorised. */
        REFUSED("WH-REDIS-004"),
        /** Redis answered with any other error, as for a key of the wrong type. It works; the call does not. */
        FAILED("WH-REDIS-005");

        private final String code;

        Reason(String code) {
            this.code = code;
        }
    }

    /** Why there is no answer. */
    private final Reason reason;

    // No stack trace while the breaker is open: it would cost more than the call it saves.
    RedisUnavailableException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause, false, reason != Reason.BREAKER_OPEN);
        this.reason = reason;
    }

    /** Returns why there is no answer. */
    public Reason reason() {
        return reason;
    }

    @Override
    public String code() {
        return reason.code;
    }
}
