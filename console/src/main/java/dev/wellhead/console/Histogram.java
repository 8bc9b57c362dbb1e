package dev.wellhead.console;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in buckets an eighth of their power of two wide, so that a percentile read off it is at most an eighth too
 * high. Constant memory, one atomic add to record. Thread-safe.
 */
final class Histogram {
    /*
     * Bucket 0..7: that many nanoseconds. From there on each power of two has eight buckets of equal width; the last one takes
     * everything from about 18 minutes up.
     */
    private static final int PARTS = 8;
    private static final int PART_BITS = 3;
    private static final int LARGEST_POWER = 40;
    static final int BUCKETS = (LARGEST_POWER - PART_BITS + 1) * PARTS;

    // Threads that record at the same time mostly meet different stripes, and so different cache lines.
    private static final int STRIPES = 4;

    private final AtomicLongArray[] stripes = new AtomicLongArray[STRIPES];

    Histogram() {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new AtomicLongArray(BUCKETS);
        }
    }

    void record(long nanos) {
        int thread = Thread.currentThread().hashCode();
        stripes[(thread ^ (thread >>> 8)) & (STRIPES - 1)].getAndIncrement(bucket(nanos));
    }

    /** Returns how many durations each bucket has taken so far. */
    long[] counts() {
        long[] counts = new long[BUCKETS];
        for (AtomicLongArray stripe : stripes) {
            for (int i = 0; i < BUCKETS; i++) {
                counts[i] += stripe.get(i);
            }
        }
        return counts;
    }

    static int bucket(long nanos) {
        if (nanos < PARTS) {
            return (int) Math.max(0, nanos);
        }
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        if (power >= LARGEST_POWER) {
            return BUCKETS - 1;
        }
        int part = (int) (nanos >>> (power - PART_BITS)) & (PARTS - 1);
        return (power - PART_BITS + 1) * PARTS + part;
    }

    /** Returns the largest duration that falls into the bucket, in nanoseconds; of the last one the smallest. */
    static long upperNanos(int bucket) {
        if (bucket < PARTS) {
            return bucket;
        }
        int power = bucket / PARTS + PART_BITS - 1;
        long width = 1L << (power - PART_BITS);
        long lower = (1L << power) + bucket % PARTS * width;
        return bucket == BUCKETS - 1 ? lower : lower + width - 1;
    }

    /** What was recorded between two readings. Immutable. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    record Interval(long[] counts, long total) {
        static Interval between(long[] before, long[] after) {
            long[] counts = new long[BUCKETS];
            long total = 0;
            for (int i = 0; i < BUCKETS; i++) {
                counts[i] = after[i] - before[i];
                total += counts[i];
            }
            return new Interval(counts, total);
        }

        /**
         * Returns the duration in milliseconds that this share of all stayed within; NaN if there were none.
         *
         * @param share above 0, at most 1
         */
        double millis(double share) {
            if (total == 0) {
                return Double.NaN;
            }
            long rank = (long) Math.ceil(share * total);
            long seen = 0;
            for (int i = 0; i < BUCKETS; i++) {
                seen += counts[i];
                if (seen >= rank) {
                    return upperNanos(i) / 1e6;
                }
            }
            return upperNanos(BUCKETS - 1) / 1e6;
        }
    }
}
