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
        TIMEOUT("WH-REDIS-001", true),
        /** There is no connection, or it broke before the answer; then the command may have been carried out. */
        DISCONNECTED("WH-REDIS-002", true),
        /** The breaker is open: Redis was not asked. */
        BREAKER_OPEN("WH-REDIS-003", true),
        /** Redis answered that it cannot serve now: loading, a replica, out of memory, busy, the cluster incomplete. */
        REFUSED("WH-REDIS-004", true),
        /**
         * Redis answered with any other error, as for a key of the wrong type, or the keys of a script do not share a slot
         * of the cluster. Redis works; the call does not.
         */
        FAILED("WH-REDIS-005", false),
        /** Redis knows the user not, or lets it not do this. It works for whoever has the right. */
        DENIED("WH-REDIS-006", false);

        private final String code;
        private final boolean passing;

        Reason(String code, boolean passing) {
            this.code = code;
            this.passing = passing;
        }

        /**
         * Returns whether the same call may succeed a little later, by itself. False means that somebody has to mend the
         * call, the rights or the credentials first.
         */
        public boolean isPassing() {
            return passing;
        }
    }

    /** Why there is no answer. */
    private final Reason reason;

    /** Whether it counts for the breaker: an error of one call alone says nothing against Redis. */
    private final boolean againstRedis;

    // No stack trace while the breaker is open: it would cost more than the call it saves.
    RedisUnavailableException(Reason reason, boolean againstRedis, String message, @Nullable Throwable cause) {
        super(message, cause, false, reason != Reason.BREAKER_OPEN);
        this.reason = reason;
        this.againstRedis = againstRedis;
    }

    /** Returns why there is no answer. */
    public Reason reason() {
        return reason;
    }

    boolean isAgainstRedis() {
        return againstRedis;
    }

    @Override
    public String code() {
        return reason.code;
    }
}
