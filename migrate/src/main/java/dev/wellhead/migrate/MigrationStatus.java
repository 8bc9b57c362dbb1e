package dev.wellhead.migrate;

import dev.wellhead.core.Redaction;
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
 * @param midway for one that was begun and did not reach its end: what happened and what to do; else null
 */
public record MigrationStatus(
        String version,
        String description,
        State state,
        @Nullable Instant appliedAt,
        @Nullable Duration duration,
        boolean hasRollback,
        @Nullable Midway midway) {
    /**
     * A migration, or the taking back of one, that ended in the middle.
     *
     * @param direction which way it went
     * @param statements how many statements its script has
     * @param committed how many of them are committed
     * @param happened what happened, in words
     * @param database what state the database is in, in words
     * @param cure what to do, with the calls to make
     */
    public record Midway(
            MigrationReport.Direction direction,
            int statements,
            int committed,
            String happened,
            String database,
            String cure) {}

    /** Where a migration can stand. */
    public enum State {
        /** In the source, to be applied by the next run. */
        PENDING,
        /** Applied, and the source still says the same. */
        APPLIED,
        /** Applied, but its SQL was changed since. */
        CHANGED,
        /** Repeatable, and to be run again by the next run: its SQL was changed since it ran, or a version was taken back. */
        OUTDATED,
        /** Applied, but no longer in the source. Runs go on if it is a repeatable one. */
        MISSING,
        /** In the source and not applied, though a later one is. */
        OUT_OF_ORDER,
        /** Begun and not at its end: it runs, or its process ended in the middle. */
        RUNNING,
        /** A statement in its middle failed, and what is before that is committed. */
        FAILED
    }

    /** Returns the rows as a table for people, with times in UTC, and below it what ended in the middle. */
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
        StringBuilder text = new StringBuilder(table.toString());
        for (MigrationStatus row : rows) {
            Midway midway = row.midway;
            if (midway != null) {
                text.append("\n\nversion ")
                        .append(Redaction.printable(row.version))
                        .append(": ")
                        .append(midway.happened)
                        .append("\n  database: ")
                        .append(midway.database)
                        .append("\n  what to do: ")
                        .append(midway.cure);
            }
        }
        return text.toString();
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
                        row.hasRollback,
                        "midway",
                        json(row.midway)))
                .toList());
    }

    private static @Nullable Object json(@Nullable Midway midway) {
        return midway == null
                ? null
                : Json.object(
                        "direction",
                        midway.direction,
                        "statements",
                        midway.statements,
                        "committed",
                        midway.committed,
                        "happened",
                        midway.happened,
                        "database",
                        midway.database,
                        "cure",
                        midway.cure);
    }
}
