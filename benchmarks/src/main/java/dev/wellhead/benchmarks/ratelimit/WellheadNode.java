package dev.wellhead.benchmarks.ratelimit;

import dev.wellhead.ratelimit.Ask;
import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Ours, with every option that is not asked for at its default. */
final class WellheadNode implements LimiterNode {
    private final @Nullable Redis redis;
    private final RateLimiter limiter;
    private final Function<String, Ask> ask;

    private WellheadNode(@Nullable Redis redis, RateLimiter limiter, Function<String, Ask> ask) {
        this.redis = redis;
        this.limiter = limiter;
        this.ask = ask;
    }

    static WellheadNode redis(String redis, Rate rate, Duration budget) {
        Limit limit = limit(rate);
        return onRedis(redis, budget, key -> Ask.of(limit, key));
    }

    /** Takes permits from Redis ahead of the calls that will spend them. */
    static WellheadNode leased(String redis, Rate rate, Duration budget, Duration lease) {
        Limit limit = limit(rate).leased(lease);
        return onRedis(redis, budget, key -> Ask.of(limit, key));
    }

    /** Asks four limits at once, of the same numbers. */
    static WellheadNode fourLimits(String redis, Rate rate, Duration budget) {
        Limit first = limit(rate);
        Limit second = limit("second", rate);
        Limit third = limit("third", rate);
        Limit fourth = limit("fourth", rate);
        return onRedis(
                redis,
                budget,
                key -> Ask.of(first, key).and(second, key).and(third, key).and(fourth, key));
    }

    static WellheadNode inMemory(Rate rate) {
        Limit limit = limit(rate);
        return new WellheadNode(null, RateLimiter.inMemory().build(), key -> Ask.of(limit, key));
    }

    private static WellheadNode onRedis(String uri, Duration budget, Function<String, Ask> ask) {
        Redis redis = Redis.builder(RedisURI.create(uri)).budget(budget).build();
        return new WellheadNode(redis, RateLimiter.redis(redis).build(), ask);
    }

    static Limit limit(Rate rate) {
        return limit(rate.limit(), rate);
    }

    private static Limit limit(String name, Rate rate) {
        return Limit.tokenBucket(name, rate.permits(), rate.per());
    }

    @Override
    public Answer ask(String key) {
        Decision decision = limiter.tryAcquire(ask.apply(key));
        return switch (decision.source()) {
            case OPEN, CLOSED, LOCAL_FALLBACK -> Answer.WITHOUT_REDIS;
            default -> decision.allowed() ? Answer.ALLOWED : Answer.DENIED;
        };
    }

    @Override
    public void close() {
        limiter.close();
        if (redis != null) {
            redis.close();
        }
    }
}
