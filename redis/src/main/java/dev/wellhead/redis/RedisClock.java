package dev.wellhead.redis;

import dev.wellhead.core.Ticker;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Knows, from the times that Redis put into its answers, until when by Redis' own clock a command of ours may still have
 * an effect: a script that gets this moment as an argument and finds it passed must do nothing, since its caller has
 * given up. Needs no clock to agree with any other. After Redis' clock stepped forward, commands are refused as late until
 * the first answer; after it stepped back, deadlines are too late by as much until the first answer, and by a budget at
 * most for some answers more.
 *
 * <p>Thread-safe, never blocks for long.
 */
public final class RedisClock {
    private static final int WINDOW = 16;

    private final Ticker ticker;
    private final long longestTripMicros;

    private final ReentrantLock windowLock = new ReentrantLock();
    // Guarded by windowLock. Each entry is a lower bound of (Redis time - our ticker), in microseconds.
    private final long[] lowerBounds = new long[WINDOW];
    private int next;
    // The best, that is greatest, of the window. A single volatile so that readers take no lock.
    private volatile long offsetMicros = Long.MIN_VALUE;

    RedisClock(Ticker ticker, long longestTripNanos) {
        this.ticker = ticker;
        longestTripMicros = TimeUnit.NANOSECONDS.toMicros(longestTripNanos);
        Arrays.fill(lowerBounds, Long.MIN_VALUE);
    }

    /**
     * Learns from an answer that holds Redis' time. Call it as soon as the answer is here: the later, the more cautious
     * the deadlines become.
     *
     * @param redisMicros what TIME returned inside the command, in microseconds since 1970
     */
    public void observe(long redisMicros) {
        // Redis read its clock before now, so its offset to our ticker is at least this.
        long bound = redisMicros - nowMicros();
        windowLock.lock();
        try {
            // No call takes longer than its budget: a bound that is worse by more than that speaks of a clock that was
            // set back, or of another server's. If it was our thread that stood still, this is only too cautious.
            if (offsetMicros != Long.MIN_VALUE && bound < offsetMicros - longestTripMicros) {
                Arrays.fill(lowerBounds, Long.MIN_VALUE);
            }
            lowerBounds[next] = bound;
            next = (next + 1) % WINDOW;
            // Only the recent ones, since a small step back does not show in one answer.
            offsetMicros = best();
        } finally {
            windowLock.unlock();
        }
    }

    private long best() {
        long best = lowerBounds[0];
        for (long each : lowerBounds) {
            best = Math.max(best, each);
        }
        return best;
    }

    /**
     * Returns the moment, in microseconds of Redis' clock, before which a command that is given up after {@code patience}
     * from now must have run: never later than the true moment, earlier by at most the shortest recent round trip.
     * {@link Long#MIN_VALUE} while Redis' time is unknown, so that nothing may run late.
     */
    public long notAfterMicros(Duration patience) {
        long offset = offsetMicros;
        return offset == Long.MIN_VALUE ? Long.MIN_VALUE : nowMicros() + offset + patience.toNanos() / 1000;
    }

    /** To be called when the next answer may come from another server. */
    void forget() {
        windowLock.lock();
        try {
            Arrays.fill(lowerBounds, Long.MIN_VALUE);
            offsetMicros = Long.MIN_VALUE;
        } finally {
            windowLock.unlock();
        }
    }

    // A whole number of microseconds, rounded the same way each time.
    private long nowMicros() {
        return Math.floorDiv(ticker.nanos(), 1000L);
    }
}
