package dev.wellhead.migrate;

import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.internal.Checksum;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the history: a migration that is applied, or was begun.
 *
 * @param version as its author wrote it
 * @param algorithm the number of the algorithm by which both sums were made
 * @param checksum the sum of the up SQL
 * @param downChecksum the sum of the down SQL, null if there was none
 * @param appliedAt when it was applied, or begun
 * @param appliedBy the database user, on SQLite the user of the operating system
 */
record HistoryRow(
        String version,
        String description,
        State state,
        int algorithm,
        String checksum,
        @Nullable String downChecksum,
        Instant appliedAt,
        long durationMillis,
        String appliedBy,
        Progress progress) {
    /** Where a migration can stand in the history. */
    enum State {
        APPLIED("applied"),
        RUNNING("running"),
        FAILED("failed");

        final String word;

        State(String word) {
            this.word = word;
        }

        static @Nullable State of(String word) {
            for (State state : values()) {
                if (state.word.equals(word)) {
                    return state;
                }
            }
            return null;
        }
    }

    /**
     * How far it came.
     *
     * @param direction which way it goes, or went last
     * @param total how many statements its script has
     * @param done how many of them are committed
     * @param doneSum the sum of those, by which an edited beginning is noticed
     * @param doubt the sum of the statement of which is not known whether it is done, null if there is none
     * @param backend the session that ran it
     * @param error what the database said when it failed
     * @param token which run wrote this; only that run, or one that took it over, may write again
     */
    record Progress(
            Direction direction,
            int total,
            int done,
            @Nullable String doneSum,
            @Nullable String doubt,
            @Nullable String backend,
            @Nullable String error,
            String token) {}

    /** Returns an applied row of which no more is known than its version and sums. */
    static HistoryRow brief(String version, String checksum, @Nullable String downChecksum) {
        return new HistoryRow(
                version, "", State.APPLIED, Checksum.ALGORITHM, checksum, downChecksum, Instant.EPOCH, 0, "", done(""));
    }

    /** Returns the row of a migration that is applied without having been run here. */
    static HistoryRow applied(Migration file, Instant at, long millis, String by, String token) {
        SqlText down = file.downText();
        return new HistoryRow(
                file.version(),
                file.description(),
                State.APPLIED,
                Checksum.ALGORITHM,
                file.upText().checksum(),
                down == null ? null : down.checksum(),
                at,
                millis,
                by,
                done(token));
    }

    private static Progress done(String token) {
        return new Progress(Direction.APPLIED, 0, 0, null, null, null, null, token);
    }

    /** Returns whether it was begun and did not reach the end. */
    boolean isMidway() {
        return state != State.APPLIED;
    }

    /** Returns whether the schema has it whole, as far as a rollback that did not reach the end allows. */
    boolean isMidwayUp() {
        return isMidway() && progress.direction() == Direction.APPLIED;
    }
}
