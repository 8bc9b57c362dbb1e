package dev.wellhead.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * A count that begins anew with each window. Windows are aligned to the clock's zero, so all nodes and keys agree on them.
 *
 * <p>A state is the last microsecond of the window and, in its units, how many permits were taken there.
 *
 * <p>The law: in each window at most {@code permits} are given; over any interval of length t at most
 * {@code permits * (t / length + 2)}, the division rounded down.
 */
final class FixedWindow extends Windowed {
    static final int NUMBER = 1;
    // The script adds two counts, and a double is exact below 2^53.
    private static final long MAX_PERMITS = 1L << 52;

    private FixedWindow(Room room, long length) {
        super(NUMBER, "fixed window", room, length);
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
        return new FixedWindow(Room.of(permits), length);
    }

    /** A call dearer than the share of the permits closes as many windows as it is worth. */
    @Override
    public FixedWindow share(double share) {
        return new FixedWindow(room.share(share), length);
    }

    @Override
    public Verdict decide(@Nullable State state, long nowMicros, long cost) {
        if (state == null || state.hasPassed(nowMicros)) {
            long last = last(nowMicros) + (room.periods(cost) - 1) * length;
            return new Verdict(cost <= room.permits(), null, new State(last, cost), false);
        }
        // Farther ahead than any window can end: the clock went back since.
        boolean mended = state.micros() - nowMicros >= room.mostPeriods() * length;
        State before = mended ? new State(last(nowMicros), state.units()) : state;
        State after = new State(before.micros(), before.units() + cost);
        return new Verdict(after.units() <= room.whole(), before, after, mended);
    }

    @Override
    public @Nullable State refund(State state, long nowMicros, long cost, State charged) {
        if (state.hasPassed(nowMicros) || state.micros() != charged.micros()) {
            return null;
        }
        long left = Math.max(0, state.units() - cost);
        return left == 0 ? new State(nowMicros, 0) : new State(state.micros(), left);
    }

    @Override
    public long remaining(@Nullable State state, long nowMicros) {
        return Math.max(0, room.whole() - used(state, nowMicros));
    }

    @Override
    public long retryAfterMicros(@Nullable State state, long nowMicros, long cost) {
        return decide(state, nowMicros, cost).allowed() ? 0 : resetAfterMicros(state, nowMicros);
    }

    @Override
    public long resetAfterMicros(@Nullable State state, long nowMicros) {
        return state == null || state.hasPassed(nowMicros) ? 0 : state.micros() + 1 - nowMicros;
    }

    // Two windows that overlap may have begun at a moment told by different answers: both counts may be parts of one.
    @Override
    public State merge(State one, State other, long nowMicros) {
        if (one.hasPassed(nowMicros) || other.hasPassed(nowMicros)) {
            return one.hasPassed(nowMicros) ? other : one;
        }
        return new State(Math.max(one.micros(), other.micros()), Math.max(one.units(), other.units()));
    }

    private long last(long nowMicros) {
        return nowMicros - Math.floorMod(nowMicros, length) + length - 1;
    }

    private static long used(@Nullable State state, long nowMicros) {
        return state == null || state.hasPassed(nowMicros) ? 0 : state.units();
    }
}
