package dev.wellhead.benchmarks.cache;

import io.lettuce.core.RedisClient;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Lettuce's own client-side caching: a map that the server's tracking keeps in step. Nothing in it expires. */
final class LettuceTrackingNode implements CacheNode {
    private final NodeOptions options;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final CacheFrontend<String, String> cache;

    LettuceTrackingNode(NodeOptions options) {
        this.options = options;
        client = RedisClient.create(options.redis());
        connection = client.connect();
        cache = ClientSideCaching.enable(
                CacheAccessor.forMap(new ConcurrentHashMap<>()), connection, TrackingArgs.Builder.enabled());
    }

    @Override
    public @Nullable String get(String key) {
        return cache.get(key, () -> options.load(key));
    }

    @Override
    public void invalidate(String key) {
        connection.sync().del(key);
    }

    @Override
    public void close() {
        cache.close();
        client.shutdown();
    }
}
