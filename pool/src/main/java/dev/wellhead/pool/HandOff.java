package dev.wellhead.pool;

import java.util.concurrent.TimeUnit;

/** How a connection that comes back reaches those who wait. */
final class HandOff {
    /*
     * Strict: it is handed to the first who waits, and newcomers queue behind him. That costs a switch of threads for each
     * loan, which is nothing beside a query. But where connections are held for a few microseconds it would be all that
     * the machine does. There the pool lets running threads overtake ("barging"): a connection that comes back is free
     * for whoever asks next. Those who wait are handed one by every 64th loan of a connection, one at a time: the next may
     * be sent when the last has woken up. And the housekeeper looks each millisecond, so that nobody sleeps beside an idle
     * connection for longer. What lay idle then is handed out at once. So everybody gets through, in order of arrival.
     *
     * Which of the two is told by how long connections are held while others wait, measured from the borrower's own first
     * to his last moment, so that the time to wake him does not count.
     *
     * The idea is the eventual fairness of WebKit's WTF::Lock and of parking_lot, there bound to a clock.
     */
    private static final long SHORT_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final int MAJORITY = 4;
    private static final int MEMORY = 8;
    private static final int SAMPLED_OF = 64;

    /** How long one may wait at most beside an idle connection. */
    static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    // Guarded by the lock of Books. How many more of the last loans were short than long: a mean would be spoilt by
    // the few borrowers whose thread lost its processor in the middle.
    private int balance = -MEMORY;

    private volatile boolean barging;
    private volatile boolean underWay;

    boolean isBarging() {
        return barging;
    }

    /** Returns whether this loan is one of those that are measured, and handed on, while others may overtake. */
    static boolean isSample(long borrows) {
        return (borrows & (SAMPLED_OF - 1)) == 0;
    }

    /** Learns how long a connection was held while others waited. */
    void held(long nanos) {
        if (nanos < 0) {
            return;
        }
        balance = nanos < SHORT_NANOS ? Math.min(MEMORY, balance + 1) : Math.max(-MEMORY, balance - 1);
        if (barging ? balance <= -MAJORITY : balance >= MAJORITY) {
            barging = !barging;
        }
    }

    /** Returns whether one who was handed a connection, while others may overtake, has not woken up yet. */
    boolean isUnderWay() {
        return underWay;
    }

    void sent() {
        underWay = true;
    }

    void arrived() {
        underWay = false;
    }
}
