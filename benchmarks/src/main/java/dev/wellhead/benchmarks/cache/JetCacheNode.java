package dev.wellhead.benchmarks.cache;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.CacheBuilder;
import com.alicp.jetcache.SimpleCacheManager;
import com.alicp.jetcache.anno.CacheConsts;
import com.alicp.jetcache.anno.CacheType;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.template.CacheBuilderTemplate;
import com.alicp.jetcache.template.NotifyMonitorInstaller;
import com.alicp.jetcache.template.QuickConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * JetCache on Lettuce: a local Caffeine, Redis, or both with the broadcast of changes that its users must ask for.
 */
final class JetCacheNode implements CacheNode {
    private final Function<String, String> loader;
    private final RedisClient client;
    private final SimpleCacheManager manager = new SimpleCacheManager();
    private final Cache<String, String> cache;

    private JetCacheNode(NodeOptions options, CacheType type, boolean protect) {
        loader = options::load;
        client = RedisClient.create(options.redis());
        Map<String, CacheBuilder> local = Map.of(
                CacheConsts.DEFAULT_AREA,
                CaffeineCacheBuilder.createCaffeineCacheBuilder().keyConvertor(key -> key));
        Map<String, CacheBuilder> remote =
                type == CacheType.LOCAL ? Map.of() : Map.of(CacheConsts.DEFAULT_AREA, remote(client));
        CacheBuilderTemplate template = new CacheBuilderTemplate(false, local, remote);
        template.getCacheMonitorInstallers().add(new NotifyMonitorInstaller(area -> template.getCacheBuilder(1, area)));
        manager.setCacheBuilderTemplate(template);
        cache = manager.getOrCreateCache(QuickConfig.newBuilder("bench")
                .cacheType(type)
                .expire(type == CacheType.LOCAL ? options.nearLife() : options.life())
                .localExpire(options.nearLife())
                .localLimit(options.nearSize())
                .syncLocal(type == CacheType.BOTH)
                .penetrationProtect(protect)
                .build());
    }

    private static CacheBuilder remote(RedisClient client) {
        RedisLettuceCacheBuilder.RedisLettuceCacheBuilderImpl builder =
                RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder();
        builder.redisClient(client)
                .connection(client.connect(ByteArrayCodec.INSTANCE))
                .pubSubConnection(client.connectPubSub(ByteArrayCodec.INSTANCE))
                .keyConvertor(key -> key)
                .valueEncoder(JetCacheBytes::encode)
                .valueDecoder(JetCacheBytes::decode);
        builder.setKeyPrefix("jetcache:");
        builder.setBroadcastChannel("jetcache-changes");
        return builder;
    }

    /**
     * Two tiers.
     *
     * @param protect whether the threads of a process wait for one of them to load
     */
    static JetCacheNode both(NodeOptions options, boolean protect) {
        return new JetCacheNode(options, CacheType.BOTH, protect);
    }

    /** Redis only. */
    static JetCacheNode remote(NodeOptions options) {
        return new JetCacheNode(options, CacheType.REMOTE, false);
    }

    /** The process only. */
    static JetCacheNode local(NodeOptions options) {
        return new JetCacheNode(options, CacheType.LOCAL, false);
    }

    @Override
    public String get(String key) {
        return cache.computeIfAbsent(key, loader);
    }

    @Override
    public Collection<String> getAll(List<String> keys) {
        return cache.getAll(new HashSet<>(keys)).values();
    }

    @Override
    public void invalidate(String key) {
        cache.remove(key);
    }

    @Override
    public void close() {
        manager.close();
        client.shutdown();
    }
}
