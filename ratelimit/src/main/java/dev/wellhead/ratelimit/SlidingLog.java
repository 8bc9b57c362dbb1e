package dev.wellhead.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * Remembers each call for a period, and so knows to the microsecond what was taken in the last one.
 *
 * <p>A state is the last microsecond at which its newest call counts and the permits that this one took; then of each call
 * before it, back to the oldest, how long before the next one it was and what it took.
 *
 * <p>The law: at most {@code permits} are given in every half-open interval of the period's length.
 */
final class SlidingLog extends Windowed {
    static final int NUMBER = 3;
    // A state has a call for each permit at worst, and all of it goes through the script with each question.
    static final long MAX_PERMITS = 1_000;

    private SlidingLog(Room room, long length) {
        super(NUMBER, "sliding log", room, length);
    }

    /**
     * Returns the log over a period in microseconds.
     *
     * @throws IllegalArgumentException if it would be too long
     */
    static SlidingLog of(long permits, long length) {
        if (permits > MAX_PERMITS) {
            throw new IllegalArgumentException("a log remembers each call, and is bounded to " + MAX_PERMITS
                    + " permits; take a sliding counter or a token bucket, which need two numbers for any rate");
        }
        if (length > TokenBucket.MAX_REFILL_MICROS) {
            throw new IllegalArgumentException(
                    "times beyond 100 years do not stay exact below 2^53 microseconds; choose a shorter period");
        }
        return new SlidingLog(Room.of(permits), length);
    }

    /** A call dearer than the share passes when nothing was taken, and is dated as far ahead as it is worth. */
    @Override
    public SlidingLog share(double share) {
        return new SlidingLog(room.share(share), length);
    }

    /**
     * What counts at a moment.
     *
     * @param newest when the newest call was
     * @param used what all of them took; 0 if there are none
     * @param kept how many numbers of the state tell of the older ones that still count
     */
    private record View(long newest, long used, int kept, boolean mended) {}

    private View view(@Nullable State state, long nowMicros) {
        if (state == null || state.hasPassed(nowMicros)) {
            return new View(nowMicros, 0, 0, false);
        }
        long newest = state.micros() + 1 - length;
        // Farther ahead than any call can be dated: the clock went back since. All happened as long ago as it can.
        boolean mended = newest - nowMicros > (room.mostPeriods() - 1) * length;
        newest = mended ? nowMicros : newest;
        long used = state.units();
        long time = newest;
        int kept = 0;
        for (; kept < state.size(); kept += 2) {
            time -= state.more(kept);
            if (time + length <= nowMicros) {
                break;
            }
            used += state.more(kept + 1);
        }
        return new View(newest, used, kept, mended);
    }

    @Override
    public Verdict decide(@Nullable State state, long nowMicros, long cost) {
        View view = view(state, nowMicros);
        boolean dear = cost > room.whole();
        boolean allowed = dear ? view.used == 0 && cost <= room.permits() : view.used + cost <= room.whole();
        State before = view.mended && state != null ? with(view, view.newest, state.units(), state, 0) : state;
        long now = dear ? nowMicros + (room.periods(cost) - 1) * length : nowMicros;
        return new Verdict(allowed, before, after(view, state, now, cost), view.mended);
    }

    private State after(View view, @Nullable State state, long now, long cost) {
        if (state == null || view.used == 0) {
            return new State(now + length - 1, cost);
        }
        // Of one microsecond, or behind one that is dated ahead.
        return view.newest >= now
                ? with(view, view.newest, state.units() + cost, state, 0)
                : with(view, now, cost, state, 2);
    }

    // The calls that count, below a newest one; of the former newest an entry of its own if there are numbers for it.
    private State with(View view, long newest, long units, State state, int numbers) {
        long[] older = new long[view.kept + numbers];
        if (numbers > 0) {
            older[0] = newest - view.newest;
            older[1] = state.units();
        }
        for (int i = 0; i < view.kept; i++) {
            older[numbers + i] = state.more(i);
        }
        return new State(newest + length - 1, units, older);
    }

    @Override
    public @Nullable State refund(State state, long nowMicros, long cost, State charged) {
        if (state.hasPassed(nowMicros)) {
            return null;
        }
        long[] times = times(state, state.size(), state.micros() + 1 - length);
        for (int i = 0; i < times.length; i++) {
            if (times[i] == charged.micros() + 1 - length) {
                long taken = i == 0 ? state.units() : state.more(2 * i - 1);
                long left = Math.max(0, taken - cost);
                return left == 0 ? without(i, times, state, nowMicros) : with(i, left, state);
            }
        }
        return null;
    }

    private static State with(int index, long units, State state) {
        long[] more = new long[state.size()];
        for (int i = 0; i < more.length; i++) {
            more[i] = i == 2 * index - 1 ? units : state.more(i);
        }
        return new State(state.micros(), index == 0 ? units : state.units(), more);
    }

    private State without(int index, long[] times, State state, long nowMicros) {
        if (times.length == 1) {
            return new State(nowMicros, 0);
        }
        int newest = index == 0 ? 1 : 0;
        long[] more = new long[2 * (times.length - 2)];
        long before = times[newest];
        int at = 0;
        for (int i = newest + 1; i < times.length; i++) {
            if (i != index) {
                more[at++] = before - times[i];
                more[at++] = state.more(2 * i - 1);
                before = times[i];
            }
        }
        return new State(times[newest] + length - 1, newest == 0 ? state.units() : state.more(1), more);
    }

    @Override
    public long remaining(@Nullable State state, long nowMicros) {
        return Math.max(0, room.whole() - view(state, nowMicros).used);
    }

    @Override
    public long retryAfterMicros(@Nullable State state, long nowMicros, long cost) {
        View view = view(state, nowMicros);
        boolean dear = cost > room.whole();
        long tooMany = dear ? view.used : view.used + cost - room.whole();
        if (state == null || tooMany <= 0) {
            return 0;
        }
        long[] times = times(state, view.kept, view.newest);
        for (int i = times.length - 1; i > 0; i--) {
            tooMany -= state.more(2 * i - 1);
            if (tooMany <= 0) {
                return times[i] + length - nowMicros;
            }
        }
        return view.newest + length - nowMicros;
    }

    private static long[] times(State state, int numbers, long newest) {
        long[] times = new long[numbers / 2 + 1];
        times[0] = newest;
        for (int i = 1; i < times.length; i++) {
            times[i] = times[i - 1] - state.more(2 * i - 2);
        }
        return times;
    }

    @Override
    public long resetAfterMicros(@Nullable State state, long nowMicros) {
        View view = view(state, nowMicros);
        return view.used == 0 ? 0 : view.newest + length - nowMicros;
    }

    // Whichever knows of more: the calls that both know of cannot be told from those that only one does.
    @Override
    public State merge(State one, State other, long nowMicros) {
        long left = view(one, nowMicros).used;
        long right = view(other, nowMicros).used;
        boolean oneIsMore = left > right || (left == right && one.micros() >= other.micros());
        return oneIsMore ? one : other;
    }
}
