import dev.wellhead.examples.labs.practice.CallLimiter;
import dev.wellhead.ratelimit.FailurePolicy;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import io.lettuce.core.RedisURI;
import java.time.Duration;

/** A bucket whose permits flow back evenly, decided in Redis by one script. */
public final class Limiter implements CallLimiter {
    private Redis redis;
    private RateLimiter limiter;
    private Limit limit;

    @Override
    public void open(String redisUri, int permits, Duration per) {
        redis = Redis.builder(RedisURI.create(redisUri))
                // A service would rather decide by itself than wait so long; the lab wants to see Redis at work.
                .budget(Duration.ofSeconds(1))
                .build();
        limiter = RateLimiter.redis(redis).namespace("calls").build();
        limit = Limit.tokenBucket("per-caller", permits, per).onFailure(FailurePolicy.closed());
    }

    @Override
    public boolean allow(String caller) {
        return limiter.tryAcquire(limit, caller).allowed();
    }

    @Override
    public void close() {
        limiter.close();
        redis.close();
    }
}
