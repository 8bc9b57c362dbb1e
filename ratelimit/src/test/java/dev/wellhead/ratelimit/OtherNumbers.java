package dev.wellhead.ratelimit;

/** Limits that share the buckets of another. */
final class OtherNumbers {
    private OtherNumbers() {}

    /** Returns what gives so many times as much, and takes the same time to give all of it. */
    static Limit times(long factor, Limit limit) {
        Algorithm algorithm = limit.algorithm();
        long permits = limit.permits() * factor;
        if (algorithm instanceof TokenBucket) {
            return Limit.tokenBucket(limit.name(), permits, limit.per()).burst(limit.burst() * factor);
        } else if (algorithm instanceof LeakyQueue) {
            return Limit.leaky(limit.name(), permits, limit.per(), limit.burst() * factor - 1);
        } else if (algorithm instanceof FixedWindow) {
            return Limit.fixedWindow(limit.name(), permits, limit.per());
        } else if (algorithm instanceof SlidingCounter) {
            return Limit.slidingCounter(limit.name(), permits, limit.per());
        }
        return Limit.slidingLog(limit.name(), permits, limit.per());
    }
}
