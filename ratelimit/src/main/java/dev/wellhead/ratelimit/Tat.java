package dev.wellhead.ratelimit;

/**
 * The state of one bucket: the moment at which it is full again (GCRA's "theoretical arrival time"). A moment that has
 * passed says the same as no state at all.
 *
 * @param micros whole microseconds of whichever clock the bucket lives on
 * @param units what comes on top, in the bucket's own fraction of a microsecond; below its units per microsecond
 */
record Tat(long micros, long units) {
    /** Returns whether a bucket of this state is full: forgetting it changes nothing. */
    boolean hasPassed(long nowMicros) {
        return micros < nowMicros || (micros == nowMicros && units == 0);
    }

    /** Returns the least whole microsecond that is not before this moment. */
    long roundedUp() {
        return units == 0 ? micros : micros + 1;
    }
}
