package dev.wellhead.pool;

import java.util.concurrent.TimeUnit;

/**
 * How many connections to open for those who wait. Opening one takes thousands of short queries' time, and those who wait
 * may long have been served by what is there when it is ready. So the pool asks at what pace connections come back, and
 * opens for those who would still be waiting then. Guarded by the lock of {@link Books}.
 */
final class Demand {
    private static final int WEIGHT = 4;
    private static final long MEMORY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private long connectNanos;
    private long since;
    private long served;

    /** Somebody waits where nobody did. */
    void begins(long now) {
        since = now;
        served = 0;
    }

    /** One who waited was served by a connection that came back. */
    void served() {
        served++;
    }

    void connected(long tookNanos) {
        connectNanos = connectNanos == 0 ? tookNanos : connectNanos + (tookNanos - connectNanos) / WEIGHT;
    }

    /**
     * Returns how many more to open.
     *
     * @param coming those that are being opened or validated already
     */
    int missing(long now, int waiting, int coming, int lent) {
        if (waiting <= coming) {
            return 0;
        }
        if (lent == 0 || connectNanos == 0) {
            return waiting - coming;
        }
        forget(now);
        // One is opened in any case: when the pace is not known yet, that bounds the regret on both sides.
        long meanwhile = (served + 1) * connectNanos / Math.max(1, now - since);
        long left = Math.max(1, waiting - meanwhile);
        return (int) Math.max(0, left - coming);
    }

    private void forget(long now) {
        if (now - since > MEMORY_NANOS) {
            since = now - MEMORY_NANOS / 2;
            served /= 2;
        }
    }

    /** Returns when to ask again though nothing has happened: that nothing comes back is news as well. */
    long nextLookNanos(int waiting) {
        long look = connectNanos / (4L * Math.max(1, waiting));
        return Math.max(SHORTEST_LOOK_NANOS, Math.min(look, LONGEST_LOOK_NANOS));
    }
}
