package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One caller that asked for a connection and did not get it at once. */
abstract class Waiter {
    /*
     * Open, then exactly once settled: granted (slot set) or refused (refusal set). Settled only under the lock of Books,
     * which is also how a timeout and a connection that arrives at the same moment are told apart: whoever comes second
     * finds the waiter settled. The volatile writes publish the slot to whoever reads it without the lock.
     */
    private volatile @Nullable Slot granted;
    private volatile @Nullable Refusal refusal;

    // Guarded by the lock of Books: the links of WaitQueue, and what the caller asked for.
    @Nullable Waiter previous;

    @Nullable Waiter next;

    final @Nullable Share share;
    /** Whether it had to queue. */
    boolean queued;
    /** Whether somebody waits for its arrival, see {@link HandOff}. */
    boolean onItsWay;
    /** Where its thread waits, if its loan is to remember that. Of that thread. */
    List<StackTraceElement> waitsAt = List.of();
    /** What its thread held already when everything was taken. */
    List<BorrowedConnection> holds = List.of();

    Waiter(@Nullable Share share) {
        this.share = share;
    }

    @Nullable Slot granted() {
        return granted;
    }

    @Nullable Refusal refusal() {
        return refusal;
    }

    boolean isSettled() {
        return granted != null || refusal != null;
    }

    void grant(Slot slot) {
        assert !isSettled();
        granted = slot;
    }

    void refuse(Refusal reason) {
        assert !isSettled();
        refusal = reason;
    }

    /** Returns the thread that waits, null if none does. */
    abstract @Nullable Thread owner();

    /** Tells the caller that it is settled. Called once, without the lock. */
    abstract void tell();

    /** Returns when its time is over, in the pool's time; {@link Long#MAX_VALUE} if it sees to that itself. */
    long deadline() {
        return Long.MAX_VALUE;
    }

    /** A thread that waits. */
    static final class Blocking extends Waiter {
        private final Thread thread = Thread.currentThread();

        Blocking(@Nullable Share share) {
            super(share);
        }

        @Override
        Thread owner() {
            return thread;
        }

        @Override
        void tell() {
            if (thread != Thread.currentThread()) {
                // A permit for oneself would end the next wait of the host too early.
                LockSupport.unpark(thread);
            }
        }

        /**
         * Waits until the waiter is settled, the deadline has passed or the thread is interrupted; keeps the interrupt
         * flag.
         *
         * @return what to withdraw with if it is not settled
         */
        Refusal await(Ticker ticker, long timeoutNanos) {
            long start = ticker.nanos();
            while (!isSettled()) {
                if (thread.isInterrupted()) {
                    return Refusal.INTERRUPTED;
                }
                long left = timeoutNanos - (ticker.nanos() - start);
                if (left <= 0) {
                    return Refusal.TIMEOUT;
                }
                LockSupport.parkNanos(this, left);
            }
            return Refusal.TIMEOUT;
        }
    }

    /** A caller that does not wait but wants to be told. */
    static final class Promised extends Waiter {
        private final long deadline;
        private final Consumer<Waiter> whenSettled;

        /**
         * @param whenSettled called once, without the lock
         */
        Promised(@Nullable Share share, long deadline, Consumer<Waiter> whenSettled) {
            super(share);
            this.deadline = deadline;
            this.whenSettled = whenSettled;
        }

        @Override
        @Nullable Thread owner() {
            return null;
        }

        @Override
        long deadline() {
            return deadline;
        }

        @Override
        void tell() {
            whenSettled.accept(this);
        }
    }
}
