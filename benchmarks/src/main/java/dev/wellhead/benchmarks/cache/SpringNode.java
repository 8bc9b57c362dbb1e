package dev.wellhead.benchmarks.cache;

import io.lettuce.core.RedisURI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.RedisSerializationContext;
import org.springframework.data.redis.serializer.RedisSerializer;

/** Spring Data Redis: what stands behind {@code @Cacheable(sync = true)}. */
final class SpringNode implements CacheNode {
    private final NodeOptions options;
    private final LettuceConnectionFactory connections;
    private final Cache cache;

    /**
     * Opens it.
     *
     * @param locking whether a write locks the whole cache, which is not the default
     */
    SpringNode(NodeOptions options, boolean locking) {
        this.options = options;
        RedisURI address = RedisURI.create(options.redis());
        connections = new LettuceConnectionFactory(address.getHost(), address.getPort());
        connections.afterPropertiesSet();
        connections.start();
        RedisCacheConfiguration configuration = RedisCacheConfiguration.defaultCacheConfig()
                .entryTtl(options.life())
                .serializeValuesWith(
                        RedisSerializationContext.SerializationPair.fromSerializer(RedisSerializer.string()));
        RedisCacheManager manager = RedisCacheManager.builder(
                        locking
                                ? RedisCacheWriter.lockingRedisCacheWriter(connections)
                                : RedisCacheWriter.nonLockingRedisCacheWriter(connections))
                .cacheDefaults(configuration)
                .build();
        manager.afterPropertiesSet();
        cache = Objects.requireNonNull(manager.getCache("bench"));
    }

    @Override
    public @Nullable String get(String key) {
        return cache.get(key, () -> options.load(key));
    }

    @Override
    public void invalidate(String key) {
        cache.evict(key);
    }

    @Override
    public void close() {
        connections.destroy();
    }
}
