package dev.wellhead.ratelimit;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * A count that begins anew with each window. Windows are aligned to the clock's zero, so all nodes and keys agree on them.
 *
 * <p>A state is the last microsecond of the window and, in its units, how many permits were taken there.
 *
 * <p>The law: in each window at most {@code permits} are given; over any interval of length t at most
 * {@code permits * (t / length + 2)}, the division rounded down.
 */
final class FixedWindow implements Algorithm {
    static final int NUMBER = 1;
    // The script adds two counts, and a double is exact below 2^53.
    private static final long MAX_PERMITS = 1L << 52;
    // Of one permit, which a share may have to cut.
    private static final long PARTS = 1_000;

    private final long permits;
    private final long length;
    // What a window is worth, and pays off of a call that is dearer.
    private final long worth;

    private FixedWindow(long permits, long length, long worth) {
        this.permits = permits;
        this.length = length;
        this.worth = worth;
    }

    /**
     * Returns the window of this length in microseconds.
     *
     * @throws IllegalArgumentException if it cannot be kept exact, with the reason
     */
    static FixedWindow of(long permits, long length) {
        if (permits > MAX_PERMITS) {
            throw new IllegalArgumentException("counts do not stay exact beyond " + MAX_PERMITS + " permits");
        }
        if (length > TokenBucket.MAX_REFILL_MICROS) {
            throw new IllegalArgumentException(
                    "times beyond 100 years do not stay exact below 2^53 microseconds; choose a shorter period");
        }
        return new FixedWindow(permits, length, permits * PARTS);
    }

    /** A call dearer than the share of the permits closes as many windows as it is worth. */
    @Override
    public FixedWindow share(double share) {
        long parts = BigDecimal.valueOf(permits * PARTS)
                .multiply(BigDecimal.valueOf(share))
                .setScale(0, RoundingMode.DOWN)
                .longValueExact();
        return new FixedWindow(permits, length, parts);
    }

    @Override
    public Verdict decide(@Nullable Tat state, long nowMicros, long cost) {
        if (state == null || state.hasPassed(nowMicros)) {
            long last = last(nowMicros) + (windows(cost) - 1) * length;
            return new Verdict(cost <= permits, null, new Tat(last, cost), false);
        }
        // Farther ahead than any window can end: the clock went back since.
        boolean mended = state.micros() - nowMicros >= windows(permits) * length;
        Tat before = mended ? new Tat(last(nowMicros), state.units()) : state;
        Tat after = new Tat(before.micros(), before.units() + cost);
        return new Verdict(after.units() <= room(), before, after, mended);
    }

    @Override
    public long remaining(@Nullable Tat state, long nowMicros) {
        return Math.max(0, room() - used(state, nowMicros));
    }

    @Override
    public long retryAfterMicros(@Nullable Tat state, long nowMicros, long cost) {
        return decide(state, nowMicros, cost).allowed() ? 0 : resetAfterMicros(state, nowMicros);
    }

    @Override
    public long resetAfterMicros(@Nullable Tat state, long nowMicros) {
        return state == null || state.hasPassed(nowMicros) ? 0 : state.micros() + 1 - nowMicros;
    }

    @Override
    public long burst() {
        return permits;
    }

    @Override
    public long refillMicros() {
        return length;
    }

    // Two windows that overlap may have begun at a moment told by different answers: both counts may be parts of one.
    @Override
    public Tat merge(Tat one, Tat other, long nowMicros) {
        if (one.hasPassed(nowMicros) || other.hasPassed(nowMicros)) {
            return one.hasPassed(nowMicros) ? other : one;
        }
        return new Tat(Math.max(one.micros(), other.micros()), Math.max(one.units(), other.units()));
    }

    @Override
    public Tat moved(Tat state, long offsetMicros) {
        return new Tat(state.micros() + offsetMicros, state.units());
    }

    @Override
    public long[] arguments(long cost) {
        return new long[] {NUMBER, cost, permits, length};
    }

    @Override
    public String fingerprint() {
        return "fixed-window " + permits + " " + length;
    }

    private long room() {
        return worth / PARTS;
    }

    private long windows(long cost) {
        return Math.max(1, (cost * PARTS + worth - 1) / worth);
    }

    private long last(long nowMicros) {
        return nowMicros - Math.floorMod(nowMicros, length) + length - 1;
    }

    private static long used(@Nullable Tat state, long nowMicros) {
        return state == null || state.hasPassed(nowMicros) ? 0 : state.units();
    }
}
