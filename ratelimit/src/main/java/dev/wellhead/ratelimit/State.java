package dev.wellhead.ratelimit;

import java.util.Arrays;

/**
 * The state of one limit and key: the moment at which the last of what was taken comes back, and numbers that each {@link
 * Algorithm} reads as its own. Of a token bucket the moment is that at which it is full again (GCRA's "theoretical arrival
 * time"). One that has passed says the same as no state at all. Immutable.
 */
final class State {
    private static final long[] NONE = {};

    private final long micros;
    private final long units;
    private final long[] more;

    /** Makes a state that says no more than this. */
    State(long micros, long units) {
        this(micros, units, NONE);
    }

    /**
     * Makes a state.
     *
     * @param micros whole microseconds of whichever clock the bucket lives on
     * @param units what comes on top: the bucket's own fraction of a microsecond, or permits taken
     * @param more whatever else the algorithm must know; not to be changed afterwards
     */
    State(long micros, long units, long... more) {
        this.micros = micros;
        this.units = units;
        this.more = more;
    }

    long micros() {
        return micros;
    }

    long units() {
        return units;
    }

    /** Returns one of the numbers behind the first two, counted from 0; 0 if there is none. */
    long more(int index) {
        return index < more.length ? more[index] : 0;
    }

    /** Returns how many numbers there are behind the first two. */
    int size() {
        return more.length;
    }

    /** Returns the same on a clock that is ahead by so much. */
    State movedBy(long offsetMicros) {
        return new State(micros + offsetMicros, units, more);
    }

    /** Returns whether nothing is taken any more: forgetting it changes nothing. */
    boolean hasPassed(long nowMicros) {
        return micros < nowMicros || (micros == nowMicros && units == 0);
    }

    /** Returns the least whole microsecond that is not before this moment. */
    long roundedUp() {
        return units == 0 ? micros : micros + 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof State that
                && micros == that.micros
                && units == that.units
                && Arrays.equals(more, that.more);
    }

    @Override
    public int hashCode() {
        return (Long.hashCode(micros) * 31 + Long.hashCode(units)) * 31 + Arrays.hashCode(more);
    }

    @Override
    public String toString() {
        return "State[" + micros + ", " + units + (more.length == 0 ? "" : ", " + Arrays.toString(more)) + "]";
    }
}
