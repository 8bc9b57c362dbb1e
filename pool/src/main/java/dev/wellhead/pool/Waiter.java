package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One caller that asked for a connection. */
final class Waiter {
    /*
     * Open, then exactly once settled: granted (lease set) or refused (refusal set). Settled only under the lock of
     * Slots, which is also how a timeout and a connection that arrives at the same moment are told apart: whoever comes
     * second finds the waiter settled. The volatile writes publish the lease to the waiting thread, which reads without
     * the lock.
     */
    private final Thread thread = Thread.currentThread();
    private volatile @Nullable Lease lease;
    private volatile @Nullable Refusal refusal;

    // Guarded by the lock of Slots: whether it had to queue.
    boolean queued;

    Thread thread() {
        return thread;
    }

    @Nullable Lease lease() {
        return lease;
    }

    @Nullable Refusal refusal() {
        return refusal;
    }

    boolean isSettled() {
        return lease != null || refusal != null;
    }

    void grant(Lease granted) {
        assert !isSettled();
        lease = granted;
        LockSupport.unpark(thread);
    }

    void refuse(Refusal reason) {
        assert !isSettled();
        refusal = reason;
        LockSupport.unpark(thread);
    }

    /**
     * Waits until the waiter is settled, the deadline has passed or the thread is interrupted; keeps the interrupt flag.
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
