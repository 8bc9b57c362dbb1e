package dev.wellhead.benchmarks.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.redisson.Redisson;
import org.redisson.api.RFuture;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.redisson.config.SingleServerConfig;

/** Redisson's limiter for all its clients together. Its rate lies in Redis and is set before the first call. */
final class RedissonNode implements LimiterNode {
    private static final int AT_ONCE = 500;

    private final Rate rate;
    private final RedissonClient client;
    private final Map<String, RRateLimiter> limiters = new ConcurrentHashMap<>();

    /** All defaults, by which a call tries again for up to 20 s. */
    RedissonNode(String redis, Rate rate) {
        this(redis, rate, server -> {});
    }

    /** With a bound for each answer, and without a second try. */
    RedissonNode(String redis, Rate rate, Duration timeout) {
        this(redis, rate, server -> server.setTimeout((int) timeout.toMillis()).setRetryAttempts(0));
    }

    private RedissonNode(String redis, Rate rate, Consumer<SingleServerConfig> options) {
        this.rate = rate;
        Config config = new Config();
        config.setCodec(StringCodec.INSTANCE);
        options.accept(config.useSingleServer().setAddress(redis));
        client = Redisson.create(config);
    }

    @Override
    public void prepare(List<String> keys) throws Exception {
        List<RFuture<Boolean>> underWay = new ArrayList<>();
        for (String key : keys) {
            underWay.add(limiter(key).trySetRateAsync(RateType.OVERALL, rate.permits(), rate.per()));
            if (underWay.size() == AT_ONCE) {
                await(underWay);
            }
        }
        await(underWay);
    }

    private static void await(List<RFuture<Boolean>> underWay) throws Exception {
        for (RFuture<Boolean> each : underWay) {
            each.get();
        }
        underWay.clear();
    }

    @Override
    public Answer ask(String key) {
        return limiter(key).tryAcquire() ? Answer.ALLOWED : Answer.DENIED;
    }

    private RRateLimiter limiter(String key) {
        RRateLimiter limiter = limiters.get(key);
        return limiter != null
                ? limiter
                : limiters.computeIfAbsent(key, absent -> client.getRateLimiter(rate.keyInRedis(absent)));
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
