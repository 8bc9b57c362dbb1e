package dev.wellhead.benchmarks.ratelimit;

import java.time.Duration;
import java.util.Locale;

/** The limits that are measured, each with a burst of all its permits. */
public enum Rate {
    /** More than anybody can spend. */
    PLENTY("api", 100_000_000, Duration.ofSeconds(1)),
    /** Spent by the first call. */
    USED_UP("login", 1, Duration.ofDays(1)),
    /** One of many clients' own; what was taken of it is not back before the measurement ends. */
    PER_CLIENT("per-ip", 1_000, Duration.ofDays(1));

    private final String limit;
    private final long permits;
    private final Duration per;

    Rate(String limit, long permits, Duration per) {
        this.limit = limit;
        this.permits = permits;
        this.per = per;
    }

    /** Returns the name of the limit. */
    String limit() {
        return limit;
    }

    long permits() {
        return permits;
    }

    Duration per() {
        return per;
    }

    /** Returns what the key is called in Redis, for libraries that leave that to their user. */
    String keyInRedis(String key) {
        return "rl:" + limit + ":" + key;
    }

    /** Returns the rate of this name in lower case. */
    static Rate named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Returns the name in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
