package dev.wellhead.migrate;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * One direction of a migration in Java, for what SQL is too clumsy for. It runs in one transaction together with the entry
 * in the history, so it is done whole or not at all, and stands in the history as SQL does.
 *
 * <p>It may be called several times: when it had to give way to others, after a run that broke off, and by {@link
 * Migrator#verifyRollbacks()} on a scratch database. So it should change nothing but the database. Of changes to the code the
 * history knows nothing.
 */
@FunctionalInterface
public interface MigrationCode {
    /**
     * Changes the database. May block.
     *
     * @param connection belongs to the run: what ends the transaction or the session is refused. Not to be used later or by
     *     other threads
     * @throws SQLException if the database refuses something; this and any other exception has all of it rolled back
     */
    void run(Connection connection) throws SQLException;
}
