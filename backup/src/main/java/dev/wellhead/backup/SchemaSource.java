package dev.wellhead.backup;

import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * How a PostgreSQL schema is made anew: the host's migrations, handed over as one call. A backup holds the rows; the
 * schema of a restore comes from here and is then compared, line by line, with the one that was backed up.
 *
 * <p>Must be thread-safe.
 */
public interface SchemaSource {
    /**
     * Returns text that changes whenever {@link #apply} would make another schema, such as a hash over all migrations. A
     * backup is only restored with the schema source that it was made with. Holds no secret: it is written to the
     * manifest. Blocks as long as the host needs to read its migrations.
     */
    String fingerprint();

    /**
     * Makes the whole schema in an empty database. It may fill tables (its own history, reference data): a restore
     * empties them before it loads the backed-up rows.
     *
     * @param target unpooled connections to that database
     * @throws SQLException if the database refuses; the restore fails and nothing counts as verified
     */
    void apply(DataSource target) throws SQLException;
}
