package dev.wellhead.pool;

import java.util.concurrent.atomic.AtomicLong;

/** Lets one log line pass in a while and counts those held back. Thread-safe. */
final class Throttle {
    /** What {@link #admit} returns for a line to be held back. */
    static final long HELD_BACK = -1;

    private final long pauseNanos;
    private final AtomicLong last;
    private final AtomicLong heldBack = new AtomicLong();

    /**
     * Admits the first line at once.
     *
     * @param now a reading of the clock that {@link #admit} is given readings of
     */
    Throttle(long pauseNanos, long now) {
        this.pauseNanos = pauseNanos;
        this.last = new AtomicLong(now - pauseNanos);
    }

    /** Returns how many lines were held back since the last one, or that this one is to be. */
    long admit(long now) {
        long before = last.get();
        if (now - before >= pauseNanos && last.compareAndSet(before, now)) {
            return heldBack.getAndSet(0);
        }
        heldBack.incrementAndGet();
        return HELD_BACK;
    }
}
