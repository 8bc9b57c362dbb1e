package dev.wellhead.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * How a schema is made anew: migrations, handed over as one call. A backup may hold the rows alone; the schema of a restore
 * then comes from here and is compared, line by line, with the one that was backed up.
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
     * Returns the fingerprint of the schema that a database has now: of migrations, that of those that were run in it. Its
     * backup is restored with the source of this fingerprint. Blocks as {@link #fingerprint()} does, and to ask the database.
     *
     * <p>As it is here, every database has the schema that {@link #apply} makes.
     *
     * @param database in a transaction that only reads, and may be an older snapshot; to be left as it is, and open
     * @throws SQLException if the database refuses; nothing is backed up
     */
    default String fingerprint(Connection database) throws SQLException {
        return fingerprint();
    }

    /**
     * Returns the source that had this fingerprint, as far as this one still knows: of migrations, those that there were
     * before others came behind them. Empty if it does not. Blocks as {@link #fingerprint()} does.
     *
     * <p>As it is here, a source knows itself and none before.
     */
    default Optional<SchemaSource> withFingerprint(String fingerprint) {
        return fingerprint.equals(fingerprint()) ? Optional.of(this) : Optional.empty();
    }

    /**
     * Makes the whole schema in an empty database. It may fill tables (its own history, reference data): a restore
     * empties them before it loads the backed-up rows.
     *
     * @param target unpooled connections to that database
     * @throws SQLException if the database refuses; the restore fails and nothing counts as verified
     */
    void apply(DataSource target) throws SQLException;
}
