package dev.wellhead.pool;

/**
 * The options of a pool once built; durations in nanoseconds, {@link Long#MAX_VALUE} where one is switched off.
 */
record PoolSettings(
        String name,
        int maxSize,
        int minIdle,
        int maxWaiters,
        long acquireNanos,
        long connectNanos,
        long validationNanos,
        long maxLifetimeNanos,
        long idleNanos,
        long leakNanos) {
    /** Returns how many connections may be opened at a time while all is well. */
    int parallelConnects() {
        return Math.max(1, Math.min(4, maxSize / 2));
    }
}
