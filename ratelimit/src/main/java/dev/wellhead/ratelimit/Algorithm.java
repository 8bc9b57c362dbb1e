package dev.wellhead.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of one limit: pure functions from state, time and cost to verdict and new state. Immutable. Times are
 * whole microseconds of the clock that the states live on; a null state, or one that {@link Tat#hasPassed has passed}, is
 * that of a limit from which nothing was taken. {@link LimitScript} says the same in Lua.
 */
sealed interface Algorithm permits TokenBucket, FixedWindow {
    /** Decides one call. */
    Verdict decide(@Nullable Tat state, long nowMicros, long cost);

    /** Returns how many permits could be taken now. */
    long remaining(@Nullable Tat state, long nowMicros);

    /** Returns the least number of microseconds after which the call is allowed if nobody else calls; 0 if it is now. */
    long retryAfterMicros(@Nullable Tat state, long nowMicros, long cost);

    /** Returns the least number of microseconds after which all permits are there again if nobody calls. */
    long resetAfterMicros(@Nullable Tat state, long nowMicros);

    /** Returns the greatest number of permits that can be taken at once. */
    long burst();

    /** Returns the least number of microseconds in which all permits come back. */
    long refillMicros();

    /**
     * Returns the arithmetic of this share, rounded so that it never gives more. A call dearer than the share passes when
     * nothing was taken, and is paid off afterwards.
     */
    Algorithm share(double share);

    /** Returns a state that is true of a limit, given two that each know a part of what was taken. */
    Tat merge(Tat one, Tat other, long nowMicros);

    /** Returns the state on a clock that is ahead by so much, for any share of this arithmetic. */
    Tat moved(Tat state, long offsetMicros);

    /** Returns what the script is told of a call: the number of the algorithm, then what it needs. */
    long[] arguments(long cost);

    /** Names the arithmetic: limits of equal text give equal verdicts from equal states. */
    String fingerprint();
}
