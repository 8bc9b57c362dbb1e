package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** How schema and rows of one backup come into an empty database. For one call. */
interface ContentReturn {
    /**
     * Brings them there, without owners and privileges.
     *
     * @return why they cannot come; empty if they are there, though nobody has compared them yet
     * @throws BackupException if the schema source fails
     * @throws SQLException if the attempt says nothing of the backup: connection lost, disk full and the like
     */
    List<String> into(DirectDataSource target, PostgresComparison comparison, Progress progress)
            throws SQLException, IOException;
}
