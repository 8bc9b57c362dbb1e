package dev.wellhead.benchmarks.ratelimit;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;

/** Resilience4j's limiter, which has no keys: one for all, that does not wait. */
final class Resilience4jNode implements LimiterNode {
    private final RateLimiter limiter;

    Resilience4jNode(Rate rate) {
        limiter = RateLimiter.of(
                rate.limit(),
                RateLimiterConfig.custom()
                        .limitForPeriod(Math.toIntExact(rate.permits()))
                        .limitRefreshPeriod(rate.per())
                        .timeoutDuration(Duration.ZERO)
                        .build());
    }

    @Override
    public Answer ask(String key) {
        return limiter.acquirePermission() ? Answer.ALLOWED : Answer.DENIED;
    }

    @Override
    public void close() {}
}
