package dev.wellhead.cache;

/**
 * What keeps many callers from loading one key at the same time. Within a process they always share one load; this is about
 * the fleet, and about the moment at which a value expires. Immutable.
 */
public sealed interface StampedeProtection {
    /**
     * Returns the protection that lets one caller of the whole fleet load a key while the others wait for its value.
     * Without it, processes load side by side, and the first one stores its value.
     */
    static StampedeProtection lease() {
        return new Lease();
    }

    /**
     * Returns the protection that refreshes a value in the background a little before it expires, so that nobody has to
     * wait: each read may volunteer, the likelier the longer the last load took and the nearer the end is. One volunteer of
     * the fleet loads, the others go on with the good value. Never earlier than in the second half of a value's life. This
     * is XFetch, after Vattani, Chierichetti and Lowenstein (PVLDB 8(8), 2015).
     *
     * @param beta above 0, at most 100: 1 suits most; more refreshes earlier
     */
    static StampedeProtection earlyExpiry(double beta) {
        if (!(beta > 0 && beta <= 100)) {
            throw new IllegalArgumentException("beta must be > 0 and <= 100, was " + beta);
        }
        return new Early(beta);
    }

    /** One load in the fleet. */
    record Lease() implements StampedeProtection {}

    /**
     * Refreshes ahead of expiry.
     *
     * @param beta how eagerly
     */
    record Early(double beta) implements StampedeProtection {}
}
