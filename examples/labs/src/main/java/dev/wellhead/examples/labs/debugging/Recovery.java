package dev.wellhead.examples.labs.debugging;

import dev.wellhead.migrate.Migrator;

/** What the lab {@code failed-migration} asks of the exercise: the way on for a migration that broke off in its middle. */
@FunctionalInterface
public interface Recovery {
    /**
     * Is called once, when the data have been mended by {@code mend.sql} and no other process migrates. When it returns, the
     * schema is that of version 2 and the history says so.
     */
    void recover(Migrator migrator) throws Exception;
}
