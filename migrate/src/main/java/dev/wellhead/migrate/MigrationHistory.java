package dev.wellhead.migrate;

/**
 * Mends the history by hand, for the cases in which a person knows more than the database can tell. Each call waits for
 * its turn like a run, and what it changes is written to the log table beside the history, with who did it and when.
 *
 * <p>Thread-safe; every method blocks.
 */
public interface MigrationHistory {
    /**
     * Says what {@link #repair()} would do. Changes nothing.
     *
     * @throws MigrationException if source or history cannot be read
     */
    RepairReport diagnose();

    /**
     * Makes files and history agree where no data can suffer: the sums of applied migrations become those of the files as
     * they are now. What needs a decision is left as it is and explained.
     *
     * @throws MigrationException if source or history cannot be read or written, or the turn does not come in time
     */
    RepairReport repair();

    /**
     * Goes on with a migration, or a rollback, that ended in its middle: a statement of which it is unknown whether it is
     * done runs again, and those behind it.
     *
     * @throws MigrationException if this version did not end in its middle, and as {@link Migrator#migrate()}
     */
    MigrationReport resume(String version);

    /**
     * Goes on with a migration, or a rollback, that ended in its middle, behind the statement of which it is unknown
     * whether it is done: it counts as done.
     *
     * @throws MigrationException if this version has no such statement, and as {@link Migrator#migrate()}
     */
    MigrationReport resumeAfter(String version);

    /**
     * Records a migration as applied without running it, or what is left of it. Does nothing if it is applied.
     *
     * @throws MigrationException if the source has no such version, or the turn does not come in time
     */
    void markApplied(String version);

    /**
     * Takes a migration out of the history without running anything. Does nothing if it is not in it.
     *
     * @throws MigrationException if neither source nor history has this version, or the turn does not come in time
     */
    void markPending(String version);

    /**
     * Records all migrations up to this version as applied without running them, for a database that has their schema
     * already. The history must be empty.
     *
     * @throws MigrationException if the source has no such version, the history is not empty, or the turn does not come
     *     in time
     */
    void baseline(String version);

    /**
     * Takes over the history of another tool, once: what it has applied is recorded as applied, with its times, and with
     * the sums of the files as they are now. All of it or nothing: one transaction. The other table stays, under another
     * name if it stands where ours belongs. Does nothing if it was taken over before, or if there is none, so that a
     * program may call this at every start.
     *
     * <p>Nobody else may migrate meanwhile; of several processes that call this at once, one takes it over.
     *
     * @throws MigrationException naming all that stands in the way: versions that the source does not have, failed or
     *     dirty ones, files that were changed since Flyway ran them; or if our history has migrations of its own, or the
     *     turn does not come in time
     */
    ImportReport importFrom(ForeignHistory tool);

    /**
     * Does what {@link #importFrom(ForeignHistory)} does, with a table that has another name than the tool's own.
     *
     * @throws MigrationException as {@link #importFrom(ForeignHistory)}
     */
    ImportReport importFrom(ForeignHistory tool, String table);
}
