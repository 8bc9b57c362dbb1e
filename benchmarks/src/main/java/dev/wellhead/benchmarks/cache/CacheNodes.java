package dev.wellhead.benchmarks.cache;

import java.util.List;
import java.util.stream.IntStream;

/** All contenders by name. */
final class CacheNodes {
    private CacheNodes() {}

    /**
     * Opens a node.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    static CacheNode open(String contender, NodeOptions options) {
        return switch (contender) {
            case "wellhead" -> new WellheadNode(options);
            case "wellhead.local" -> WellheadNode.local(options);
            case "caffeine" -> new CaffeineNode(options);
            case "jetcache" -> JetCacheNode.both(options, false);
            case "jetcache.protect" -> JetCacheNode.both(options, true);
            case "jetcache.remote" -> JetCacheNode.remote(options);
            case "jetcache.local" -> JetCacheNode.local(options);
            case "redisson" -> RedissonMapNode.mapCache(options);
            case "redisson.local" -> RedissonMapNode.localCached(options);
            case "redisson.bucket" -> new RedissonBucketNode(options);
            case "spring" -> new SpringNode(options, false);
            case "spring.locking" -> new SpringNode(options, true);
            case "lettuce.tracking" -> new LettuceTrackingNode(options);
            case "bare" -> new BareLettuceNode(options);
            default -> throw new IllegalArgumentException("no contender '" + contender + "'");
        };
    }

    /** Opens several nodes, each with a client of its own. */
    static List<CacheNode> open(String contender, NodeOptions options, int count) {
        return IntStream.range(0, count)
                .mapToObj(node -> open(contender, options))
                .toList();
    }
}
