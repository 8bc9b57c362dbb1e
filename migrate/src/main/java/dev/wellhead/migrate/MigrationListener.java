package dev.wellhead.migrate;

import java.sql.SQLException;
import java.util.List;

/**
 * Is told what a migrator does, on the thread that does it. Every method does nothing unless
 * it is overridden. What a listener throws is logged and changes nothing. One that takes its time delays the run, and
 * with it the processes that wait for the run to end.
 */
public interface MigrationListener {
    /**
     * One statement of a migration.
     *
     * @param version the migration's version as its author wrote it
     * @param number which statement it is, from 1
     * @param total how many there are
     * @param line the line of its file in which it starts, from 1
     * @param sql its first 200 characters in one line
     */
    record StatementEvent(String version, int number, int total, int line, String sql) {}

    /**
     * A run has its turn and is about to begin: of {@link Migrator#migrate()}, a rollback, or another call that runs
     * scripts. Until it ends, no other run of this history begins. Not called where nothing is to be done.
     *
     * @param versions what it will apply or roll back, in this order; those of a redo stand twice
     */
    default void onRunStarted(List<String> versions) {}

    /** A run has done all that it began with. Called behind {@link #onRunStarted}, unless {@link #onRunFailed} is. */
    default void onRunCompleted(MigrationReport report) {}

    /**
     * A run stopped, and {@link #onFailed} may have said where; what was completed before is committed.
     *
     * @param error what the run throws, mostly a {@link MigrationException}
     */
    default void onRunFailed(Throwable error) {}

    /** A statement is about to be sent. There may be a transaction open, so what takes its time keeps locks. */
    default void onStatementStarted(StatementEvent statement) {}

    /** A statement was carried out; it may not be committed yet, and the transaction open. */
    default void onStatementCompleted(StatementEvent statement) {}

    /**
     * How far the build of an index is. Called on a thread of its own, and only with {@link
     * Migrator.Builder#indexProgress}.
     *
     * @param phase what PostgreSQL is doing, as {@code building index: scanning table}
     * @param percent how much of this phase is done, 0 if PostgreSQL does not say
     */
    default void onIndexProgress(StatementEvent statement, String phase, int percent) {}

    /** A migration is about to be applied or rolled back. */
    default void onStarted(String version, MigrationReport.Direction direction) {}

    /** A migration was committed. */
    default void onCompleted(MigrationReport.Step step) {}

    /**
     * A migration gave way to others, was rolled back, and will be tried again.
     *
     * @param attempt the attempt that failed, from 1
     */
    default void onRetry(String version, int attempt, SQLException error) {}

    /** A migration failed, and the run with it. */
    default void onFailed(String version, MigrationException error) {}
}
