package dev.wellhead.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * What was given back to a token bucket, as far as it still matters.
 *
 * @param micros of all that places may still lie behind
 * @param first the first place of them
 */
record GivenBack(long micros, long first) {
    static final GivenBack NONE = new GivenBack(0, 0);

    static GivenBack of(@Nullable State state, long nowMicros) {
        return state == null || state.hasPassed(nowMicros) || state.more(1) == 0
                ? NONE
                : new GivenBack(state.more(1), state.more(2));
    }

    GivenBack and(long more, long place) {
        return new GivenBack(micros + more, micros == 0 ? place : Math.min(first, place));
    }
}
