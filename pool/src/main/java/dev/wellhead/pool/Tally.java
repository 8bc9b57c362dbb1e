package dev.wellhead.pool;

/** What a pool has done so far. Guarded by the lock of {@link Books}. */
final class Tally {
    long timeouts;
    long rejected;
    long created;
    long connectFailures;
    long discarded;
    long leaksReported;
    long reclaimed;

    /** Returns the numbers as of now. */
    PoolStats.Totals totals(long borrows) {
        return new PoolStats.Totals(
                borrows, timeouts, rejected, created, connectFailures, discarded, leaksReported, reclaimed);
    }
}
