package dev.wellhead.jdbc.internal;

import java.util.Locale;

/**
 * What rows come to that pass by, in whichever order: two tables with equal sums hold equal rows, duplicates counted.
 * Guards against accidents, not against attackers. For one thread.
 */
public final class RowSum {
    private static final long SPREAD = 0xD6E8FEB86659FD93L;

    private long rows;
    private long low;
    private long high;

    /** Adds a row. */
    public void add(byte[] bytes, int offset, int length) {
        // Sums, as a row that comes twice would cancel itself out of an exclusive or. The second is one of other
        // numbers: what goes wrong in both must go wrong in each row's hash.
        long hash = XxHash64.hash(bytes, offset, length);
        rows++;
        low += hash;
        high += (hash ^ hash >>> 32) * SPREAD;
    }

    /** Returns what was added so far. */
    public TableFingerprint total() {
        return new TableFingerprint(rows, String.format(Locale.ROOT, "%016x%016x", high, low));
    }
}
