package dev.wellhead.ratelimit;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * How many permits a period has room for: all, or a share of them, which may be a fraction of one. Immutable.
 *
 * @param permits of the whole limit: the dearest call
 * @param parts what a period is worth, in {@link #PARTS} of a permit, and pays off of a call that is dearer
 */
record Room(long permits, long parts) {
    private static final long PARTS = 1_000;

    static Room of(long permits) {
        return new Room(permits, permits * PARTS);
    }

    /** Returns this share, rounded so that it never gives more. */
    Room share(double share) {
        long shared = BigDecimal.valueOf(permits * PARTS)
                .multiply(BigDecimal.valueOf(share))
                .setScale(0, RoundingMode.DOWN)
                .longValueExact();
        return new Room(permits, shared);
    }

    /** Returns how many whole permits fit. */
    long whole() {
        return parts / PARTS;
    }

    /** Returns how many periods it takes to pay off a call that was allowed at once; 1 if it fits. */
    long periods(long cost) {
        return Math.max(1, (cost * PARTS + parts - 1) / parts);
    }

    /** Returns how many periods the dearest call takes: how far ahead a state can lie. */
    long mostPeriods() {
        return periods(permits);
    }
}
