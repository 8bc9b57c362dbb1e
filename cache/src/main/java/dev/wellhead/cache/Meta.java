package dev.wellhead.cache;

/**
 * What is known of a value besides itself; it goes with it to Redis.
 *
 * @param lifeNanos how long it is good, from when it was stored
 * @param graceNanos how long it is kept after that, in case it must be served nevertheless
 * @param costNanos what loading it took; 0 if it was put
 * @param tags what it belongs to
 */
record Meta(long lifeNanos, long graceNanos, long costNanos, Tags tags) {
    /** Returns how long it is kept in all. */
    long keptNanos() {
        long sum = lifeNanos + graceNanos;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
