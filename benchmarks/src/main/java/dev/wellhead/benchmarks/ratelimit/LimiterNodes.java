package dev.wellhead.benchmarks.ratelimit;

import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.proxy.optimization.NopeOptimizationListener;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.distributed.proxy.optimization.skiponzero.SkipSyncOnZeroOptimization;
import java.time.Duration;

/** All contenders by name. */
final class LimiterNodes {
    private static final Duration LEASE = Duration.ofMillis(100);
    /** For peers that by default would wait out any outage that is measured here. */
    private static final Duration PEERS_TIMEOUT = Duration.ofMillis(100);
    /** What ours waits for Redis by default. */
    static final Duration BUDGET = Duration.ofMillis(50);

    private LimiterNodes() {}

    /**
     * Opens a node.
     *
     * @param redis the server's address; not used by those that decide in memory
     * @throws IllegalArgumentException if there is none of this name
     */
    static LimiterNode open(String contender, String redis, Rate rate) {
        return open(contender, redis, rate, BUDGET);
    }

    /**
     * Opens a node that waits for Redis as long as it is told, if it is one of ours: by default ours decides without a
     * Redis that answers later than a machine under load can promise.
     *
     * @see #open(String, String, Rate)
     */
    static LimiterNode open(String contender, String redis, Rate rate, Duration budget) {
        return switch (contender) {
            case "wellhead" -> WellheadNode.redis(redis, rate, budget);
            case "wellhead.leased" -> WellheadNode.leased(redis, rate, budget, LEASE);
            case "wellhead.4-limits" -> WellheadNode.fourLimits(redis, rate, budget);
            case "wellhead.in-memory" -> WellheadNode.inMemory(rate);
            case "bare" -> new BareScriptNode(redis, rate);
            case "bucket4j" -> new Bucket4jNode(redis, rate);
            case "bucket4j.batching" -> new Bucket4jNode(redis, rate).withOptimization(Optimizations.batching());
            case "bucket4j.skip-on-zero" ->
                new Bucket4jNode(redis, rate)
                        .withOptimization(new SkipSyncOnZeroOptimization(
                                NopeOptimizationListener.INSTANCE, TimeMeter.SYSTEM_MILLISECONDS));
            case "bucket4j.timeout" -> new Bucket4jNode(redis, rate, PEERS_TIMEOUT);
            case "redisson" -> new RedissonNode(redis, rate);
            case "redisson.timeout" -> new RedissonNode(redis, rate, PEERS_TIMEOUT);
            case "resilience4j" -> new Resilience4jNode(rate);
            case "guava" -> new GuavaNode(rate);
            default -> throw new IllegalArgumentException("no contender '" + contender + "'");
        };
    }
}
