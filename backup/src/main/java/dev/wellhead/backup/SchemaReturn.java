package dev.wellhead.backup;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import java.io.IOException;
import java.sql.SQLException;

/** How the schema of one backup comes back. Thread-safe. */
interface SchemaReturn {
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
