package dev.wellhead.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * Two counts that stand for a window which slides: what was taken in the window of the clock, and in the one before, of
 * which as much counts as the sliding window still covers of it. Cloudflare made it known; unlike there, nothing is rounded.
 *
 * <p>A state is the last microsecond at which its count matters, which is that of the next window, the permits taken, and
 * those taken in the window before it.
 *
 * <p>The law: over every interval of length t at most {@code permits + permits * t / length} permits are given. Let the
 * interval end {@code e} into a window, with {@code a} permits of it taken in the window before and {@code c} in this one.
 * The last of them was admitted as {@code a * (1 - e / length) + c <= permits}, so {@code a + c <= permits + permits * e /
 * length}; and each whole window in between adds no more than {@code permits}.
 */
final class SlidingCounter extends Windowed {
    static final int NUMBER = 2;
    // The script multiplies permits and microseconds, and adds three such products.
    private static final long MAX_PRODUCT = 1L << 51;

    private SlidingCounter(Room room, long length) {
        super(NUMBER, "sliding counter", room, length);
    }

    /**
     * Returns the counter over windows of this length in microseconds.
     *
     * @throws IllegalArgumentException if it cannot be kept exact, with the reason
     */
    static SlidingCounter of(long permits, long length) {
        if (permits > MAX_PRODUCT / length) {
            throw new IllegalArgumentException(
                    "permits times microseconds do not stay exact beyond 2^51; lower the permits or the period, or take"
                            + " a token bucket, which obeys the same law");
        }
        return new SlidingCounter(Room.of(permits), length);
    }

    /** A call dearer than the share passes when nothing was taken, and counts in a window as far ahead as it is worth. */
    @Override
    public SlidingCounter share(double share) {
        return new SlidingCounter(room.share(share), length);
    }

    /**
     * What counts at a moment.
     *
     * @param start of the window; ahead of the moment while a dear call is paid off
     * @param mended whether the state lies farther ahead than it can, as the clock went back since
     */
    private record View(long start, long current, long previous, boolean mended) {}

    private View view(@Nullable State state, long nowMicros) {
        long aligned = nowMicros - Math.floorMod(nowMicros, length);
        if (state == null || state.hasPassed(nowMicros)) {
            return new View(aligned, 0, 0, false);
        }
        long start = state.micros() + 1 - 2 * length;
        if (start - nowMicros > (room.mostPeriods() - 1) * length) {
            return new View(aligned, state.units(), state.more(0), true);
        }
        return nowMicros < start + length
                ? new View(start, state.units(), state.more(0), false)
                : new View(start + length, 0, state.units(), false);
    }

    // In permits times microseconds.
    private long weight(View view, long nowMicros) {
        long elapsed = Math.max(0, nowMicros - view.start);
        return view.previous * (length - elapsed) + view.current * length;
    }

    private State state(long start, long current, long previous) {
        return new State(start + 2 * length - 1, current, previous);
    }

    @Override
    public Verdict decide(@Nullable State state, long nowMicros, long cost) {
        View view = view(state, nowMicros);
        long weight = weight(view, nowMicros);
        boolean dear = cost > room.whole();
        boolean allowed =
                dear ? weight == 0 && cost <= room.permits() : weight + cost * length <= room.whole() * length;
        long start = dear ? view.start + (room.periods(cost) - 1) * length : view.start;
        return new Verdict(
                allowed,
                view.mended ? state(view.start, view.current, view.previous) : state,
                state(start, view.current + cost, view.previous),
                view.mended);
    }

    @Override
    public @Nullable State refund(State state, long nowMicros, long cost, State charged) {
        long windowsSince = (state.micros() - charged.micros()) / length;
        if (state.hasPassed(nowMicros)
                || windowsSince < 0
                || windowsSince > 1
                || state.micros() != charged.micros() + windowsSince * length) {
            return null;
        }
        long current = windowsSince == 0 ? Math.max(0, state.units() - cost) : state.units();
        long previous = windowsSince == 1 ? Math.max(0, state.more(0) - cost) : state.more(0);
        return current + previous == 0 ? new State(nowMicros, 0) : new State(state.micros(), current, previous);
    }

    @Override
    public long remaining(@Nullable State state, long nowMicros) {
        return Math.max(0, room.whole() * length - weight(view(state, nowMicros), nowMicros)) / length;
    }

    @Override
    public long retryAfterMicros(@Nullable State state, long nowMicros, long cost) {
        if (decide(state, nowMicros, cost).allowed()) {
            return 0;
        }
        View view = view(state, nowMicros);
        if (cost > room.whole()) {
            return resetAfterMicros(view, nowMicros);
        }
        long free = room.whole() - view.current - cost;
        // The elapsed part of its window at which the call fits.
        long fits = free >= 0
                ? length - free * length / view.previous
                : 2 * length - (room.whole() - cost) * length / view.current;
        return view.start + fits - nowMicros;
    }

    @Override
    public long resetAfterMicros(@Nullable State state, long nowMicros) {
        return resetAfterMicros(view(state, nowMicros), nowMicros);
    }

    private long resetAfterMicros(View view, long nowMicros) {
        if (view.current > 0) {
            return view.start + 2 * length - nowMicros;
        }
        return view.previous > 0 ? view.start + length - nowMicros : 0;
    }

    // Both counts may be parts of one.
    @Override
    public State merge(State one, State other, long nowMicros) {
        if (one.hasPassed(nowMicros) || other.hasPassed(nowMicros)) {
            return one.hasPassed(nowMicros) ? other : one;
        }
        View left = view(one, nowMicros);
        View right = view(other, nowMicros);
        long start = Math.max(left.start, right.start);
        long current = Math.max(left.current, right.current);
        long previous = Math.max(left.previous, right.previous);
        return current == 0 ? state(start - length, previous, 0) : state(start, current, previous);
    }
}
