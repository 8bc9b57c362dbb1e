package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * The lock of a pool's books, the pool's time, and what has to follow a change once the lock is free. Thread-safe.
 *
 * <p>The lock is held for a few field accesses only: no driver call, no listener, no log and no metric under it. Whatever
 * of that a change brings about is left to {@link #afterwards}.
 */
final class Books {
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Written under the lock, read anywhere.
    private volatile long coarseNanos;

    // Guarded by lock.
    private long steadyNanos;
    private long lastReading;
    private List<Runnable> following = new ArrayList<>();

    Books(Ticker ticker) {
        this.ticker = ticker;
        this.lastReading = ticker.nanos();
    }

    /**
     * Returns the pool's time as of the last change: at most one tick of the housekeeper old while anything is lent or
     * fresh. Costs a memory read, which is why the fast paths live on it.
     */
    long coarseNanos() {
        return coarseNanos;
    }

    boolean isMine() {
        return lock.isHeldByCurrentThread();
    }

    /** Returns the time, which stands still while a broken clock goes back, instead of holding up everything it measures. */
    private long advance() {
        assert isMine();
        long reading = ticker.nanos();
        long passed = reading - lastReading;
        lastReading = reading;
        if (passed > 0) {
            steadyNanos += passed;
            coarseNanos = steadyNanos;
        }
        return steadyNanos;
    }

    /** Makes a change under the lock, handing it the time, then does what has to follow. */
    void change(LongConsumer change) {
        List<Runnable> next = List.of();
        lock.lock();
        try {
            change.accept(advance());
        } finally {
            if (!following.isEmpty()) {
                next = following;
                following = new ArrayList<>();
            }
            lock.unlock();
        }
        for (Runnable each : next) {
            each.run();
        }
    }

    /** Has something done once the lock is free. It must not throw. */
    void afterwards(Runnable action) {
        assert isMine();
        following.add(action);
    }

    /** Wakes who waits in {@link #await}. */
    void changed() {
        assert isMine();
        changed.signalAll();
    }

    /** Waits until the books are so, at most this long; keeps the interrupt flag and then returns at once how they are. */
    boolean await(long nanos, BooleanSupplier reached) {
        lock.lock();
        try {
            long left = nanos;
            while (!reached.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return reached.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }
}
