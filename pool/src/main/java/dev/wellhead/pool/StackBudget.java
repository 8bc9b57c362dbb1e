package dev.wellhead.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many borrowers' stacks may still be remembered in this tenth of a second. A stack costs microseconds. Without a
 * bound, a pool that is nearly all lent to many short loans would spend more on stacks than on loans, hold each connection
 * for longer because of that, and so stay nearly all lent. Thread-safe.
 */
final class StackBudget {
    static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    // At 2 to 5 us each it is about 1 % of one processor, and enough for every loan of a pool that makes
    // 2,560 a second.
    static final int PER_PERIOD = 256;
    /**
     * How many loans a period have a stack when nothing is wrong: all of them in a pool that makes 160 a second, and
     * next to nothing, as they take the long way, in one that makes millions.
     */
    static final int FEW = 16;

    private final AtomicInteger left = new AtomicInteger(PER_PERIOD);
    private volatile boolean unlimited;

    // Guarded by the lock of Books.
    private long since = Long.MIN_VALUE;

    /** Returns whether one more may be taken. */
    boolean take() {
        return unlimited || (left.get() > 0 && left.getAndDecrement() > 0);
    }

    /**
     * Grants the next lot if a period has passed since the last; returns whether it has.
     *
     * @param unlimited whether all loans are to have one whatever it costs, since a leak had none
     */
    boolean refill(long now, boolean unlimited) {
        this.unlimited = unlimited;
        if (since == Long.MIN_VALUE || now < since || now - since >= PERIOD_NANOS) {
            since = now;
            left.set(PER_PERIOD);
            return true;
        }
        return false;
    }
}
