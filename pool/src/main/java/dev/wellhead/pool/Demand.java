package dev.wellhead.pool;

import java.util.concurrent.TimeUnit;

/**
 * How many connections to open for those who wait. Opening one takes thousands of short queries' time, and those who wait
 * may long have been served by what is there when it is ready. So the pool asks at what pace connections come back, and
 * opens for those who would still be waiting then. Guarded by the lock of {@link Books}.
 */
final class Demand {
    /*
     * How long loans take is known in part before anybody waits: by Little's law (Operations Research 9(3), 1961) the mean
     * loan lasts as long as the mean number lent over the number of loans in a time. That counts like an observation of one
     * loan for each connection that is lent, which those seen since somebody waits then correct.
     *
     * A connection lent now comes back in the time that opening one takes at least as often as its loans fit into that time,
     * wherever in the middle of one it is. Only on so many is counted, since who is left out waits for a whole loan more.
     */
    private static final int WEIGHT = 4;
    private static final long MEMORY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long LONGEST_UNSEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final double FORGETTING_NANOS = TimeUnit.SECONDS.toNanos(2);

    private long connectNanos;
    private long since;
    private long served;

    private long lookedAt;
    private long endedThen;
    // Of the last seconds: how long connections were lent, added up, and how many loans ended.
    private double lentNanos;
    private double loans;
    // What is lent is seen at each look only; it may have been lent for as long again as between two of them.
    private double unseenNanos;
    /** How long a loan takes, zero if that is not known yet. */
    private double holdNanos;

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
     * Learns how long loans take. Called now and then.
     *
     * @param borrows how many loans there have been. Those under way do not count: a spike has begun many, which have not
     *     taken any time yet.
     */
    void observe(long now, int lent, long borrows) {
        long ended = Math.max(endedThen, borrows - lent);
        long passed = now - lookedAt;
        double kept = Math.exp(-passed / FORGETTING_NANOS);
        lentNanos = lentNanos * kept + (double) lent * passed;
        loans = loans * kept + (ended - endedThen);
        unseenNanos = Math.max(unseenNanos * kept, (double) lent * Math.min(passed, LONGEST_UNSEEN_NANOS));
        lookedAt = now;
        endedThen = ended;
        if (loans >= 1) {
            // Rather too long than too short: who is left out waits for a whole loan more.
            holdNanos = Math.max(1, (lentNanos + unseenNanos) / loans);
        }
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
        // One is opened in any case: if the pace is misjudged, that bounds the regret.
        long left = Math.max(1, waiting - servedMeanwhile(now, lent));
        return (int) Math.max(0, left - coming);
    }

    /** Returns how many of those who wait will surely be served by what comes back before a connection could be opened. */
    private long servedMeanwhile(long now, int lent) {
        long waited = now - since;
        if (holdNanos == 0) {
            // In the dark, the one loan that is under way is as good as over.
            return (served + 1) * connectNanos / Math.max(1, waited);
        }
        double loanNanos = (holdNanos + waited) * lent / (lent + served);
        return lent * (long) (connectNanos / loanNanos);
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
