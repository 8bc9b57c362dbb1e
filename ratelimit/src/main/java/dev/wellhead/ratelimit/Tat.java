package dev.wellhead.ratelimit;

/**
 * The state of one limit and key: a moment at which something taken comes back, and a number besides. Of a token bucket the
 * moment at which it is full again (GCRA's "theoretical arrival time"), of a fixed window its last microsecond and the
 * permits taken there. A moment that has passed says the same as no state at all.
 *
 * @param micros whole microseconds of whichever clock the bucket lives on
 * @param units what comes on top: the bucket's own fraction of a microsecond, or the permits taken
 */
record Tat(long micros, long units) {
    /** Returns whether nothing is taken any more: forgetting it changes nothing. */
    boolean hasPassed(long nowMicros) {
        return micros < nowMicros || (micros == nowMicros && units == 0);
    }

    /** Returns the least whole microsecond that is not before this moment. */
    long roundedUp() {
        return units == 0 ? micros : micros + 1;
    }
}
