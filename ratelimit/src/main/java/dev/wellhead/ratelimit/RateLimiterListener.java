package dev.wellhead.ratelimit;

/**
 * What a host may want to hear of. Called from the threads that decide, also those of the Redis client, never under a
 * lock; must not block. A listener that throws is logged and changes nothing.
 */
public interface RateLimiterListener {
    /**
     * Redis did not decide: limits go by their failure policy from now on, until {@link #recovered}.
     *
     * @param why one line for a person, free of keys and secrets
     */
    default void degraded(String why) {}

    /** Redis decides again. */
    default void recovered() {}

    /**
     * Redis had forgotten a bucket of this limit that should live: after a restart, a failover, an eviction or a flush.
     * Up to one burst more may have passed.
     */
    default void stateLost(Limit limit) {}
}
