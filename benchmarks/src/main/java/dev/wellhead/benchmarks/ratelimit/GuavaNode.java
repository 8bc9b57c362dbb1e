package dev.wellhead.benchmarks.ratelimit;

import com.google.common.util.concurrent.RateLimiter;

/** Guava's limiter, which has no keys: one for all, that does not wait. Its burst is what a second gives. */
final class GuavaNode implements LimiterNode {
    private final RateLimiter limiter;

    // It is marked as beta, and is what people use.
    @SuppressWarnings("UnstableApiUsage")
    GuavaNode(Rate rate) {
        limiter = RateLimiter.create(rate.permits() * 1e9 / rate.per().toNanos());
    }

    @Override
    @SuppressWarnings("UnstableApiUsage")
    public Answer ask(String key) {
        return limiter.tryAcquire() ? Answer.ALLOWED : Answer.DENIED;
    }

    @Override
    public void close() {}
}
