package dev.wellhead.backup;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** How the schema of a PostgreSQL database gets into backups, and comes back. Thread-safe. */
interface SchemaPath extends SchemaReturn {
    /** Returns what a manifest says of it; empty if the backup carries the schema itself. */
    String fingerprint();

    /** Takes along what will be needed of the schema that the connection's snapshot sees. */
    List<Manifest.Part> capture(Connection holder, Storage.Draft draft) throws SQLException, IOException;
}
