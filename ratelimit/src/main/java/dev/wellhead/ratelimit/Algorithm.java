package dev.wellhead.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of one limit: pure functions from state, time and cost to verdict and new state. Immutable. Times are
 * whole microseconds of the clock that the states live on; a null state, or one that {@link State#hasPassed has passed}, is
 * that of a limit from which nothing was taken. {@link LimitScript} says the same in Lua.
 */
sealed interface Algorithm permits TokenBucket, LeakyQueue, Windowed {
    /** Decides one call. */
    Verdict decide(@Nullable State state, long nowMicros, long cost);

    /**
     * Returns how long a call that was allowed has to wait for its turn; only a queue makes it.
     *
     * @param charged the state with the call in it
     */
    default long delayMicros(@Nullable State charged, long nowMicros, long cost) {
        return 0;
    }

    /** Returns the arithmetic for a call that is not to be allowed if its turn is farther away. */
    default Algorithm within(long micros, long cost) {
        return this;
    }

    /**
     * Gives back what a call took, or what of it has not come back by itself.
     *
     * @param charged the state that the call left behind
     * @return the state after it, which has passed if nothing is taken any more; null if there is nothing to give back
     */
    @Nullable State refund(State state, long nowMicros, long cost, State charged);

    /**
     * Returns what {@link #refund} must know of the call before the last, of two that were charged at one moment.
     *
     * @param charged the state after the last
     * @param cost of the last
     */
    default State uncharged(State charged, long cost) {
        return charged;
    }

    /** Returns how many permits could be taken now. */
    long remaining(@Nullable State state, long nowMicros);

    /** Returns the least number of microseconds after which the call is allowed if nobody else calls; 0 if it is now. */
    long retryAfterMicros(@Nullable State state, long nowMicros, long cost);

    /** Returns the least number of microseconds after which all permits are there again if nobody calls. */
    long resetAfterMicros(@Nullable State state, long nowMicros);

    /** Returns the greatest number of permits that can be taken at once. */
    long burst();

    /** Returns the number of microseconds in which all permits come back, those around the edge of a window aside. */
    long refillMicros();

    /**
     * Returns the arithmetic of this share, rounded so that it never gives more. A call dearer than the share passes when
     * nothing was taken, and is paid off afterwards.
     */
    Algorithm share(double share);

    /** Returns a state that is true of a limit, given two that each know a part of what was taken. */
    State merge(State one, State other, long nowMicros);

    /** Returns the state on a clock that is ahead by so much, for any share of this arithmetic. */
    State moved(State state, long offsetMicros);

    /** Returns what the script is told of a call: the number of the algorithm, then what it needs. */
    long[] arguments(long cost);

    /** Says in a few words what it is, for people. */
    String words();

    /** Names what states mean: limits of equal text read what the other left, though their rates may differ. */
    String fingerprint();
}
