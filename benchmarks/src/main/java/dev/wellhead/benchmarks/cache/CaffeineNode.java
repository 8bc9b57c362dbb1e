package dev.wellhead.benchmarks.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.Function;

/** Caffeine as it is, without statistics: the floor of what a process keeps itself. Nothing is shared with other nodes. */
final class CaffeineNode implements CacheNode {
    private final Function<String, String> loader;
    private final Cache<String, String> cache;

    CaffeineNode(NodeOptions options) {
        loader = options::load;
        cache = Caffeine.newBuilder()
                .maximumSize(options.nearSize())
                .expireAfterWrite(options.nearLife())
                .build();
    }

    @Override
    public String get(String key) {
        return cache.get(key, loader);
    }

    @Override
    public void invalidate(String key) {
        cache.invalidate(key);
    }

    @Override
    public void close() {
        cache.invalidateAll();
    }
}
