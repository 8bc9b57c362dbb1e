package dev.wellhead.cache;

/**
 * For how long after its life a value may still be served; nanoseconds, 0 for never.
 *
 * @param revalidateNanos while it is loaded anew in the background
 * @param errorNanos if loading it fails
 */
record Staleness(long revalidateNanos, long errorNanos) {
    static final Staleness NONE = new Staleness(0, 0);

    long graceNanos() {
        return Math.max(revalidateNanos, errorNanos);
    }
}
