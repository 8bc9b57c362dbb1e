package dev.wellhead.backup;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** How the schema of a PostgreSQL database gets into backups. Thread-safe. */
interface SchemaPath {
    /** Returns what a manifest says of it; empty if the backup carries the schema itself. */
    String fingerprint();

    /** Returns what the manifest says of the schema that the connection's snapshot sees. */
    default String fingerprint(Connection holder) throws SQLException {
        return fingerprint();
    }

    /** Takes along what will be needed of the schema that the connection's snapshot sees. */
    List<Manifest.Part> capture(Connection holder, Storage.Draft draft, Progress progress)
            throws SQLException, IOException;

    /** Returns the part that holds the rows as well; empty if each table is to have one of its own. */
    default Optional<String> partWithRows() {
        return Optional.empty();
    }

    /** Returns the client programs that may be used, if any. */
    default Optional<ClientPrograms> programs() {
        return Optional.empty();
    }
}
