package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.SchemaSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The host makes the schema, as its migrations do. */
record ReplayedSchema(SchemaSource source) implements SchemaPath, SchemaReturn {
    @Override
    public String fingerprint() {
        return source.fingerprint();
    }

    @Override
    public String fingerprint(Connection holder) throws SQLException {
        return PostgresSession.onUsualPath(holder, source::fingerprint);
    }

    /** Returns the schema that had this fingerprint, if the host still knows it. */
    Optional<ReplayedSchema> withFingerprint(String fingerprint) {
        return source.withFingerprint(fingerprint).map(ReplayedSchema::new);
    }

    @Override
    public List<Manifest.Part> capture(Connection holder, Storage.Draft draft, Progress progress) {
        return List.of();
    }

    @Override
    public boolean isWholeBefore() {
        return true;
    }

    @Override
    public void before(Storage storage, Manifest manifest, DirectDataSource target) {
        try {
            source.apply(target);
        } catch (SQLException | RuntimeException e) {
            throw new BackupException(
                    Kind.OTHER_SCHEMA,
                    "restore of " + manifest.id() + ": the schema source failed in an empty database: "
                            + BackupException.say(e) + "; it must run there from beginning to end",
                    e);
        }
    }

    /** Fills the materialized views that were filled, and empties the others, whatever the schema source has made of them. */
    @Override
    public void after(Storage storage, Manifest manifest, DirectDataSource target, int workers)
            throws SQLException, IOException {
        SortedSet<String> wanted = new TreeSet<>(SchemaPart.read(storage, manifest));
        try (Connection connection = PostgresSession.open(target)) {
            // In the order in which they were created: one that reads another one comes later.
            List<String> views = PostgresSession.queryAll(connection, """
                    select format('%I.%I', n.nspname, c.relname) from pg_class c
                    join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'm' order by c.oid""");
            for (String view : views) {
                if (SchemaLines.isFilled(wanted, view)) {
                    PostgresSession.execute(connection, "refresh materialized view " + view);
                }
            }
            for (String view : SchemaLines.filledViews(connection)) {
                if (!SchemaLines.isFilled(wanted, view)) {
                    PostgresSession.execute(connection, "refresh materialized view " + view + " with no data");
                }
            }
        }
    }
}
