package dev.wellhead.ratelimit;

/** What one limit says for one key, computed some other way than the code under test does. Times in microseconds. */
interface Model {
    static Model of(Limit limit, long nowMicros) {
        return limit.algorithm() instanceof FixedWindow ? new WindowModel(limit) : new BucketModel(limit, nowMicros);
    }

    void passTo(long nowMicros);

    boolean has(long cost);

    void take(long cost);

    long remaining();

    long microsUntil(long cost);

    long microsUntilFull();
}
