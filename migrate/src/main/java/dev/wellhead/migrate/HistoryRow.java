package dev.wellhead.migrate;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the history: a migration that is applied.
 *
 * @param version as its author wrote it
 * @param algorithm the number of the algorithm by which both sums were made
 * @param checksum the sum of the up SQL
 * @param downChecksum the sum of the down SQL, null if there was none
 * @param appliedBy the database user, on SQLite the user of the operating system
 */
record HistoryRow(
        String version,
        String description,
        int algorithm,
        String checksum,
        @Nullable String downChecksum,
        Instant appliedAt,
        long durationMillis,
        String appliedBy) {}
