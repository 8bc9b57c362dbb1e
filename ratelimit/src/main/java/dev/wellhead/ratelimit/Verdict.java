package dev.wellhead.ratelimit;

import org.jspecify.annotations.Nullable;

/**
 * What a limit says to one call.
 *
 * @param allowed whether the call may pass
 * @param before the state as it counts: what was stored, or what it is mended to; null for an untouched limit
 * @param after the state once the call is charged
 * @param mended whether {@code before} differs from what was stored and is to be written even if the call is denied
 */
record Verdict(boolean allowed, @Nullable State before, State after, boolean mended) {
    /** Returns the state to leave behind, given whether the call as a whole passes; null for an untouched limit. */
    @Nullable State state(boolean charged) {
        return charged ? after : before;
    }
}
