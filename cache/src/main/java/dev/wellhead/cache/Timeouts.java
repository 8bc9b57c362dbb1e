package dev.wellhead.cache;

/**
 * How long a caller waits for a load; nanoseconds, {@code Long.MAX_VALUE} for ever.
 *
 * @param softNanos if there is a value past its life
 * @param hardNanos in any case
 */
record Timeouts(long softNanos, long hardNanos) {
    static final Timeouts NONE = new Timeouts(Long.MAX_VALUE, Long.MAX_VALUE);

    boolean isBounded() {
        return softNanos != Long.MAX_VALUE || hardNanos != Long.MAX_VALUE;
    }
}
