package dev.wellhead.pool;

import java.util.List;

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
        long keepaliveNanos,
        long leakNanos,
        long reclaimNanos,
        int parallelConnects,
        boolean primaryRequired,
        List<Share> shares) {}
