package dev.wellhead.migrate;

import java.sql.SQLException;

/**
 * Is told what a migrator does, on the thread that does it and with no transaction open. Every method does nothing unless
 * it is overridden. What a listener throws is logged and changes nothing. One that takes its time delays the run, and
 * with it the processes that wait for the run to end.
 */
public interface MigrationListener {
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
