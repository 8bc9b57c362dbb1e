package dev.wellhead.ratelimit;

/** What one limit says for one key, computed some other way than the code under test does. Times in microseconds. */
interface Model {
    static Model of(Limit limit, long nowMicros) {
        Algorithm algorithm = limit.algorithm();
        if (algorithm instanceof FixedWindow) {
            return new WindowModel(limit);
        }
        if (algorithm instanceof SlidingCounter || algorithm instanceof SlidingLog) {
            return new SlidingModel(limit, algorithm instanceof SlidingLog);
        }
        return new BucketModel(limit, nowMicros);
    }

    /** Is asked by these numbers from now on, which may differ from those before. */
    void by(Limit limit);

    void passTo(long nowMicros);

    boolean has(long cost);

    void take(long cost);

    long remaining();

    long microsUntil(long cost);

    long microsUntilFull();

    /** How long a call that is allowed now waits for its turn, if it must. */
    default long turn() {
        return 0;
    }
}
