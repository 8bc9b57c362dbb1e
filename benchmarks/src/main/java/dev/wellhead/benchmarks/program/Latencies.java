package dev.wellhead.benchmarks.program;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts times so that percentiles can be told afterwards, to 0.2 % or a nanosecond; the greatest is kept as it is.
 * Thread-safe, and cheap as long as few threads count in one.
 */
public final class Latencies {
    private static final int BITS = 9;
    private static final int STEPS = 1 << BITS;
    // Up to 2^42 ns, more than an hour.
    private static final int OCTAVES = 42 - BITS;

    private final AtomicLongArray counts = new AtomicLongArray(STEPS * (OCTAVES + 1));
    private final AtomicLongArray most = new AtomicLongArray(1);

    /** Counts one. Below zero is zero. */
    public void record(long nanos) {
        long counted = Math.max(0, nanos);
        counts.incrementAndGet(Math.min(bucket(counted), counts.length() - 1));
        if (counted > most.get(0)) {
            most.accumulateAndGet(0, counted, Math::max);
        }
    }

    /** Adds what another has counted. */
    public void add(Latencies other) {
        for (int i = 0; i < counts.length(); i++) {
            long more = other.counts.get(i);
            if (more > 0) {
                counts.addAndGet(i, more);
            }
        }
        most.accumulateAndGet(0, other.most.get(0), Math::max);
    }

    /** Returns how many were counted. */
    public long count() {
        long count = 0;
        for (int i = 0; i < counts.length(); i++) {
            count += counts.get(i);
        }
        return count;
    }

    /**
     * Returns the time that so large a share of all did not exceed, by nearest rank.
     *
     * @param share above 0 and at most 1
     */
    public double percentileNanos(double share) {
        long rank = (long) Math.ceil(share * count());
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= rank && seen > 0) {
                return Math.min(middle(i), (double) most.get(0));
            }
        }
        throw new IllegalStateException("nothing was counted");
    }

    /** Returns the greatest, or zero. */
    public long mostNanos() {
        return most.get(0);
    }

    private static int bucket(long nanos) {
        int octave = Math.max(0, Long.SIZE - BITS - Long.numberOfLeadingZeros(nanos));
        // In the first octave the steps are nanoseconds; in each further one the upper half of them is in use.
        return octave * STEPS + (int) (nanos >> octave);
    }

    private static double middle(int bucket) {
        int octave = bucket / STEPS;
        long least = (long) (bucket % STEPS) << octave;
        return least + ((1L << octave) - 1) / 2.0;
    }
}
