package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.Json;
import dev.wellhead.migrate.internal.TextTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one migration stands.
 *
 * @param version the version as its author wrote it
 * @param description what it is about
 * @param state where it stands
 * @param appliedAt when it was applied, by the clock of the host that did; null if it is not
 * @param duration how long it took, to the millisecond; null if it is not applied
 * @param hasRollback whether the source has SQL that takes it back
 */
public record MigrationStatus(
        String version,
        String description,
        State state,
        @Nullable Instant appliedAt,
        @Nullable Duration duration,
        boolean hasRollback) {
    /** Where a migration can stand. */
    public enum State {
        /** In the source, to be applied by the next run. */
        PENDING,
        /** Applied, and the source still says the same. */
        APPLIED,
        /** Applied, but its SQL was changed since. */
        CHANGED,
        /** Applied, but no longer in the source. */
        MISSING,
        /** In the source and not applied, though a later one is. */
        OUT_OF_ORDER
    }

    /** Returns the rows as a table for people, with times in UTC. */
    public static String table(List<MigrationStatus> rows) {
        TextTable table = new TextTable("version", "description", "state", "applied at", "ms", "rollback");
        for (MigrationStatus row : rows) {
            table.row(
                    row.version,
                    row.description,
                    row.state,
                    row.appliedAt == null ? "-" : row.appliedAt,
                    row.duration == null ? "-" : row.duration.toMillis(),
                    row.hasRollback ? "yes" : "no");
        }
        return table.toString();
    }

    /** Returns the rows as a JSON array, durations in milliseconds. */
    public static String toJson(List<MigrationStatus> rows) {
        return Json.write(rows.stream()
                .map(row -> Json.object(
                        "version",
                        row.version,
                        "description",
                        row.description,
                        "state",
                        row.state,
                        "appliedAt",
                        row.appliedAt,
                        "durationMs",
                        row.duration == null ? null : row.duration.toMillis(),
                        "hasRollback",
                        row.hasRollback))
                .toList());
    }
}
