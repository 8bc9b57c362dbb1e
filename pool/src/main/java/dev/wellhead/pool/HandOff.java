package dev.wellhead.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** How a connection that comes back reaches those who wait. */
final class HandOff {
    /*
     * Strict: it is handed to the first who waits, and newcomers queue behind him. That costs a switch of threads for each
     * loan, which is nothing beside a query. But where connections are held for a few microseconds it would be all that
     * the machine does. There the pool lets running threads overtake ("barging"): a connection that comes back is free
     * for whoever asks next, while one of those who wait, and one at a time, is handed one and woken. He passes the turn
     * on when he has arrived, so that everybody gets through in order of arrival, as fast as threads can be woken.
     *
     * Which of the two is told by how long connections are held while others wait, measured from the borrower's own first
     * to his last moment, so that the time to wake him does not count.
     *
     * The idea is the eventual fairness of WebKit's WTF::Lock and of parking_lot, there bound to a clock.
     */
    private static final long SHORT_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final int WEIGHT = 8;
    private static final int SAMPLED_OF = 64;

    // Guarded by the lock of Books.
    private long averageNanos = SHORT_NANOS * 10;

    private volatile boolean barging;
    private final AtomicBoolean underWay = new AtomicBoolean();

    boolean isBarging() {
        return barging;
    }

    /** Returns whether this loan is one of those that are measured while others may overtake. */
    static boolean isSample(long borrows) {
        return (borrows & (SAMPLED_OF - 1)) == 0;
    }

    /** Learns how long a connection was held while others waited. */
    void held(long nanos) {
        if (nanos < 0) {
            return;
        }
        averageNanos += (Math.min(nanos, SHORT_NANOS * 100) - averageNanos) / WEIGHT;
        if (barging ? averageNanos > SHORT_NANOS * 2 : averageNanos < SHORT_NANOS) {
            barging = !barging;
        }
    }

    /** Returns whether the caller may hand one connection on now; then {@link #arrived} must follow. */
    boolean begin() {
        return !underWay.get() && underWay.compareAndSet(false, true);
    }

    void arrived() {
        underWay.set(false);
    }
}
