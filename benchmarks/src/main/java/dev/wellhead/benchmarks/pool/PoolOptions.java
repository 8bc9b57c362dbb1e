package dev.wellhead.benchmarks.pool;

import java.time.Duration;

/**
 * How a pool is opened: the same for all, and everything else as its own defaults have it.
 *
 * @param database what it connects to
 * @param maxSize how many connections there may be
 * @param minIdle how many there are before anything is measured
 * @param acquireTimeout how long a caller waits
 * @param leakDetection whether borrows of a minute or more are reported
 * @param validation whether a connection is validated before it is lent, where it is not by default
 * @param parallelConnects how many connects there may be at a time, in a pool that has such a bound
 * @param maxWaiters how many may wait at a time, in a pool that has such a bound
 */
public record PoolOptions(
        StubDatabase database,
        int maxSize,
        int minIdle,
        Duration acquireTimeout,
        boolean leakDetection,
        boolean validation,
        int parallelConnects,
        int maxWaiters) {
    static final Duration LEAK_THRESHOLD = Duration.ofSeconds(60);
    private static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(30);
    private static final int PARALLEL_CONNECTS = 16;

    /** Returns those that every scenario begins with. */
    public static PoolOptions of(StubDatabase database, int maxSize, int minIdle) {
        return new PoolOptions(
                database,
                maxSize,
                minIdle,
                ACQUIRE_TIMEOUT,
                false,
                false,
                Math.min(PARALLEL_CONNECTS, maxSize),
                20_000);
    }

    /** Returns the same with another timeout. */
    public PoolOptions acquireTimeout(Duration timeout) {
        return new PoolOptions(
                database, maxSize, minIdle, timeout, leakDetection, validation, parallelConnects, maxWaiters);
    }

    /** Returns the same with leaks reported, or not. */
    public PoolOptions leakDetection(boolean on) {
        return new PoolOptions(
                database, maxSize, minIdle, acquireTimeout, on, validation, parallelConnects, maxWaiters);
    }

    /** Returns the same with every connection validated, at the latest after some idle time. */
    public PoolOptions validated() {
        return new PoolOptions(
                database, maxSize, minIdle, acquireTimeout, leakDetection, true, parallelConnects, maxWaiters);
    }

    /** Returns the same with this many connects at a time. */
    public PoolOptions parallelConnects(int count) {
        return new PoolOptions(
                database, maxSize, minIdle, acquireTimeout, leakDetection, validation, count, maxWaiters);
    }
}
