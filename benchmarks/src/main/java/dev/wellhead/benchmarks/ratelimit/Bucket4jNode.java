package dev.wellhead.benchmarks.ratelimit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.RemoteBucketBuilder;
import io.github.bucket4j.distributed.proxy.optimization.Optimization;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce.LettuceBasedProxyManagerBuilder;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Bucket4j on Lettuce, with the expiry that has to be asked for. Buckets are kept, as what an optimization knows is in
 * them.
 */
final class Bucket4jNode implements LimiterNode {
    private static final Duration KEPT_BEYOND_REFILL = Duration.ofSeconds(10);

    private final Rate rate;
    private final RedisClient client;
    private final RemoteBucketBuilder<String> builder;
    private final BucketConfiguration configuration;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    /** All defaults, by which a call waits for its answer as long as Lettuce does. */
    Bucket4jNode(String redis, Rate rate) {
        this(redis, rate, options -> options);
    }

    /** With a bound for each request. */
    Bucket4jNode(String redis, Rate rate, Duration requestTimeout) {
        this(redis, rate, options -> options.requestTimeout(requestTimeout));
    }

    private Bucket4jNode(String redis, Rate rate, UnaryOperator<LettuceBasedProxyManagerBuilder<String>> options) {
        this.rate = rate;
        client = RedisClient.create(redis);
        StatefulRedisConnection<String, byte[]> connection =
                client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        ProxyManager<String> manager = options.apply(Bucket4jLettuce.casBasedBuilder(connection)
                        .expirationAfterWrite(
                                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT_BEYOND_REFILL)))
                .build();
        builder = manager.builder();
        configuration = BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(rate.permits()).refillGreedy(rate.permits(), rate.per()))
                .build();
    }

    private Bucket4jNode(Bucket4jNode plain, Optimization optimization) {
        rate = plain.rate;
        client = plain.client;
        configuration = plain.configuration;
        builder = plain.builder.withOptimization(optimization);
    }

    /** The same with an optimization, in place of this. */
    Bucket4jNode withOptimization(Optimization optimization) {
        return new Bucket4jNode(this, optimization);
    }

    @Override
    public Answer ask(String key) {
        Bucket bucket = buckets.get(key);
        if (bucket == null) {
            bucket =
                    buckets.computeIfAbsent(key, absent -> builder.build(rate.keyInRedis(absent), () -> configuration));
        }
        return bucket.tryConsume(1) ? Answer.ALLOWED : Answer.DENIED;
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
