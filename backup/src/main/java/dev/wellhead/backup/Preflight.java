package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.internal.Manifest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** What can be told of a PostgreSQL server before anything is restored into it. */
final class Preflight {
    private static final String EXTENSION = "extension ";

    private Preflight() {}

    /**
     * Looks whether the server is not older than the one that was backed up, and has the extensions.
     *
     * @param schema the backup's schema, in the lines of the catalogue
     * @throws BackupException if not, with all that is missing
     */
    static void require(Connection server, Manifest manifest, Collection<String> schema) throws SQLException {
        int now = major(PostgresSession.queryOne(server, "show server_version"));
        int then = major(manifest.property("serverVersion"));
        if (now < then) {
            throw new BackupException(
                    Kind.NOT_RESTORED,
                    "restore of " + manifest.id() + ": it was made of PostgreSQL " + then + ", and this server is "
                            + now + "; restore it into the same or a newer major version, nothing was made here");
        }
        Set<String> missing = new TreeSet<>();
        for (String line : schema) {
            if (line.startsWith(EXTENSION)) {
                missing.add(line.substring(EXTENSION.length()).split(" ", 2)[0]);
            }
        }
        missing.removeAll(PostgresSession.queryAll(server, "select quote_ident(name) from pg_available_extensions"));
        if (!missing.isEmpty()) {
            throw new BackupException(
                    Kind.NOT_RESTORED,
                    "restore of " + manifest.id() + ": the server has no extension " + String.join(", ", missing)
                            + ", which the backup needs; install it there first");
        }
    }

    /** Returns whether the server is of the major version of the one that was backed up. */
    static boolean isOfTheSameVersion(Connection server, Manifest manifest) throws SQLException {
        return major(PostgresSession.queryOne(server, "show server_version"))
                == major(manifest.property("serverVersion"));
    }

    private static int major(String version) {
        return Integer.parseInt(version.split("[^0-9]", 2)[0]);
    }
}
