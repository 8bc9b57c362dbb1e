package dev.wellhead.benchmarks.cache;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.map.MapLoader;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.api.options.MapCacheOptions;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Redisson's maps that load what is absent themselves, defaults otherwise. Their loaded values have no time to live. */
final class RedissonMapNode implements CacheNode {
    private final RedissonClient client;
    private final RMap<String, String> map;

    private RedissonMapNode(NodeOptions options, Function<RedissonClient, RMap<String, String>> map) {
        client = client(options.redis());
        this.map = map.apply(client);
    }

    static RedissonClient client(String redis) {
        Config config = new Config();
        config.setCodec(StringCodec.INSTANCE);
        config.useSingleServer().setAddress(redis);
        return Redisson.create(config);
    }

    /** A map in Redis with a time to live for each entry. */
    static RedissonMapNode mapCache(NodeOptions options) {
        return new RedissonMapNode(
                options,
                client -> client.getMapCache(MapCacheOptions.<String, String>name("redisson:map")
                        .codec(StringCodec.INSTANCE)
                        .loader(loader(options))));
    }

    /** A map in Redis with a near tier. */
    static RedissonMapNode localCached(NodeOptions options) {
        return new RedissonMapNode(
                options,
                client -> client.getLocalCachedMap(LocalCachedMapOptions.<String, String>name("redisson:local")
                        .codec(StringCodec.INSTANCE)
                        .evictionPolicy(LocalCachedMapOptions.EvictionPolicy.LRU)
                        .cacheSize(options.nearSize())
                        .timeToLive(options.nearLife())
                        .loader(loader(options))));
    }

    private static MapLoader<String, String> loader(NodeOptions options) {
        return new MapLoader<>() {
            @Override
            public String load(String key) {
                return options.load(key);
            }

            @Override
            public Iterable<String> loadAllKeys() {
                return List.of();
            }
        };
    }

    @Override
    public @Nullable String get(String key) {
        return map.get(key);
    }

    @Override
    public Collection<String> getAll(List<String> keys) {
        return map.getAll(new HashSet<>(keys)).values();
    }

    @Override
    public void invalidate(String key) {
        map.fastRemove(key);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
