package dev.wellhead.backup;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** How the schema of a PostgreSQL database comes back. Thread-safe. */
interface SchemaPath {
    /** Returns what a manifest says of it; empty if the backup carries the schema itself. */
    String fingerprint();

    /** Takes along what will be needed of the schema that the connection's snapshot sees. */
    List<Manifest.Part> capture(Connection holder, Storage.Draft draft) throws SQLException, IOException;

    /** Returns whether {@link #before} gives all of the schema, so that it can be compared before any row is loaded. */
    boolean isWholeBefore();

    /** Makes what must be there before rows are loaded. */
    void before(Storage storage, Manifest manifest, DirectDataSource target) throws SQLException, IOException;

    /**
     * Makes the rest.
     *
     * @param workers how many things are made at a time
     */
    void after(Storage storage, Manifest manifest, DirectDataSource target, int workers)
            throws SQLException, IOException;
}
