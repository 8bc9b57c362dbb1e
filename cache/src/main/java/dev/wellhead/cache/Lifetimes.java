package dev.wellhead.cache;

import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long values may live.
 *
 * @param nanos the longest life of a value
 * @param nullNanos the longest life of a null; empty if nulls are not kept
 * @param jitter the share of a life that chance may take off, so that what was stored together does not expire together
 */
record Lifetimes(long nanos, OptionalLong nullNanos, double jitter) {
    // What Redis can express, and what a life is at least.
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Returns the life of this value in nanoseconds; empty if it is not to be kept. */
    OptionalLong of(@Nullable Object value) {
        if (value != null) {
            return OptionalLong.of(shortened(nanos));
        }
        return nullNanos.isEmpty() ? nullNanos : OptionalLong.of(shortened(nullNanos.getAsLong()));
    }

    /** @throws NullPointerException if it is a null that is not to be kept */
    long required(@Nullable Object value) {
        return of(value)
                .orElseThrow(() ->
                        new NullPointerException("value must not be null: this cache keeps no nulls (withoutNulls)"));
    }

    private long shortened(long life) {
        long off = (long) (life * jitter * ThreadLocalRandom.current().nextDouble());
        return Math.max(SHORTEST_NANOS, life - off);
    }
}
