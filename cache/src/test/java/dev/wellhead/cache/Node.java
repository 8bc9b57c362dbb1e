package dev.wellhead.cache;

import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** One process of a fleet, as far as a cache can tell: a client of its own, behind a network of its own. */
final class Node implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(30);

    final FaultProxy proxy;
    final Redis redis;
    final Cache<String, String> cache;

    private Node(FaultProxy proxy, Redis redis, Cache<String, String> cache) {
        this.proxy = proxy;
        this.redis = redis;
        this.cache = cache;
    }

    /** Joins a fleet on a network that never fails: patient, so that a busy machine is not taken for a fault. */
    static Node join(RedisServer server, String name, UnaryOperator<Cache.Builder<String, String>> options) {
        return join(
                server, Duration.ofSeconds(5), name, builder -> options.apply(builder.lease(Duration.ofSeconds(10))));
    }

    static Node join(
            RedisServer server, Duration budget, String name, UnaryOperator<Cache.Builder<String, String>> options) {
        FaultProxy proxy = FaultProxy.to(server.port());
        Redis redis = Redis.builder(RedisURI.create("127.0.0.1", proxy.port()))
                .budget(budget)
                .breaker(3, Duration.ofMillis(200))
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        Cache.Builder<String, String> builder = Cache.<String, String>builder(
                        name, redis, KeyCodec.ofString(), Codec.string())
                .expireAfterWrite(Duration.ofHours(2))
                .nearExpireAfterWrite(Duration.ofHours(1));
        Node node = new Node(proxy, redis, options.apply(builder).build());
        node.awaitUp();
        return node;
    }

    /** Until Redis answers, other nodes are heard and nothing is queued. */
    void awaitUp() {
        await().atMost(SOON).until(() -> cache.health().status() == Health.Status.UP);
    }

    /** Returns the near or far value, or loads this one. */
    String get(String key, String ifAbsent) {
        return cache.get(key, absent -> ifAbsent);
    }

    @Override
    public void close() {
        cache.close();
        redis.close();
        proxy.close();
    }
}
