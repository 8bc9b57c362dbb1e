package dev.wellhead.benchmarks.cache;

import dev.wellhead.cache.Cache;
import dev.wellhead.cache.CacheLoader;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.redis.Redis;
import io.lettuce.core.RedisURI;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ours, with every option that is not asked for at its default. */
final class WellheadNode implements CacheNode {
    private final @Nullable Redis redis;
    private final Cache<String, String> cache;
    private final CacheLoader<String, String, Exception> loader;

    WellheadNode(NodeOptions options) {
        this(Redis.builder(RedisURI.create(options.redis())).build(), options);
    }

    private WellheadNode(Redis redis, NodeOptions options) {
        this(
                redis,
                Cache.builder("bench", redis, KeyCodec.ofString(), Codec.string())
                        .expireAfterWrite(options.life())
                        .nearExpireAfterWrite(options.nearLife())
                        .nearMaximumSize(options.nearSize())
                        .build(),
                options.source());
    }

    private WellheadNode(@Nullable Redis redis, Cache<String, String> cache, Source source) {
        this.redis = redis;
        this.cache = cache;
        loader = source::load;
    }

    /** The cache that needs no Redis. */
    static WellheadNode local(NodeOptions options) {
        return new WellheadNode(
                null,
                Cache.<String, String>local("bench")
                        .expireAfterWrite(options.nearLife())
                        .nearMaximumSize(options.nearSize())
                        .build(),
                options.source());
    }

    @Override
    public String get(String key) throws Exception {
        return cache.get(key, loader);
    }

    @Override
    public Collection<String> getAll(List<String> keys) throws Exception {
        return cache.getAll(keys, this::loadAll).values();
    }

    private Map<String, String> loadAll(Set<String> keys) throws Exception {
        Map<String, String> loaded = new HashMap<>();
        for (String key : keys) {
            loaded.put(key, loader.load(key));
        }
        return loaded;
    }

    @Override
    public void invalidate(String key) {
        Objects.requireNonNull(cache.invalidate(key));
    }

    @Override
    public void close() {
        cache.close();
        if (redis != null) {
            redis.close();
        }
    }
}
