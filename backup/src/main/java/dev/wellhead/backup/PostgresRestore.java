package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.jdbc.internal.TableFingerprint;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Brings one backup back into an empty PostgreSQL database and compares. All rows are loaded in one transaction. For one
 * call of {@link #run}.
 */
final class PostgresRestore {
    private final Storage storage;
    private final Manifest manifest;
    private final SchemaSource schema;
    private final DirectDataSource target;

    PostgresRestore(Storage storage, Manifest manifest, SchemaSource schema, DirectDataSource target) {
        this.storage = storage;
        this.manifest = manifest;
        this.schema = schema;
        this.target = target;
    }

    /**
     * Returns how the result differs from the manifest; empty if it is equal. Whatever it returns or throws but an empty
     * list, the database is of no use.
     *
     * @throws BackupException if the schema source fails
     * @throws SQLException if the attempt says nothing of the backup: connection lost, disk full and the like
     */
    List<String> run() throws SQLException, IOException {
        applySchema();
        SortedSet<String> wanted = new TreeSet<>(SchemaPart.read(storage, manifest));
        try (Connection connection = PostgresSession.open(target)) {
            List<String> differences =
                    Differences.ofSchema(wanted, Catalog.of(connection).describe());
            if (!differences.isEmpty()) {
                // Nothing to load into, and nothing that loading could mend.
                return differences;
            }
            try {
                load(connection);
            } catch (SQLException e) {
                if (saysNothingOfTheBackup(e)) {
                    throw e;
                }
                return List.of("the rows cannot be loaded: " + BackupException.say(e));
            }
            differences = new ArrayList<>(
                    Differences.ofSchema(wanted, Catalog.of(connection).describe()));
            compareContents(connection, differences);
            PostgresSession.execute(connection, "analyze");
            return differences;
        }
    }

    private void applySchema() {
        try {
            schema.apply(target);
        } catch (SQLException | RuntimeException e) {
            throw new BackupException(
                    Kind.OTHER_SCHEMA,
                    "restore of " + manifest.id() + ": the schema source failed in an empty database: "
                            + BackupException.say(e) + "; it must run there from beginning to end",
                    e);
        }
    }

    private void load(Connection connection) throws SQLException, IOException {
        connection.setAutoCommit(false);
        LoadGuards guards = LoadGuards.lift(connection);
        if (!manifest.tables().isEmpty()) {
            // All at once: foreign keys among them then do not matter.
            PostgresSession.execute(
                    connection,
                    "truncate only "
                            + String.join(
                                    ", only ",
                                    manifest.tables().stream()
                                            .map(table -> table.name().quoted())
                                            .toList()));
        }
        for (Manifest.Table table : manifest.tables()) {
            copyIn(connection, table);
        }
        guards.restore(connection);
        for (Manifest.Sequence sequence : manifest.sequences()) {
            PostgresSession.queryOne(
                    connection,
                    "select setval(" + Identifiers.literal(sequence.name().quoted()) + "::regclass, " + sequence.last()
                            + ", " + sequence.called() + ")");
        }
        connection.commit();
        connection.setAutoCommit(true);
        refreshViews(connection);
    }

    private void copyIn(Connection connection, Manifest.Table table) throws SQLException, IOException {
        if (!table.format().equals(PostgresEngine.TEXT)) {
            throw new IOException("table " + table.name() + " is stored as '" + table.format()
                    + "', which this version of Wellhead cannot read; use a newer one");
        }
        try (PartReader part = PartReader.open(storage, manifest.id(), manifest.part(table.part()))) {
            PostgresSession.copier(connection)
                    .copyIn(
                            "copy " + PostgresSession.copyTarget(table.name(), table.columns()) + " from stdin"
                                    + PostgresEngine.COPY_OPTIONS,
                            part);
        }
    }

    /** In the order in which they were created: one that reads another one comes later. */
    private static void refreshViews(Connection connection) throws SQLException {
        List<String> views = PostgresSession.queryAll(connection, """
                select format('%I.%I', n.nspname, c.relname) from pg_class c
                join pg_namespace n on n.oid = c.relnamespace
                where c.relkind = 'm' and c.relispopulated order by c.oid""");
        for (String view : views) {
            PostgresSession.execute(connection, "refresh materialized view " + view);
        }
    }

    private void compareContents(Connection connection, List<String> differences) throws SQLException {
        for (Manifest.Table table : manifest.tables()) {
            Differences.ofTable(table, TableFingerprint.of(connection, table.name()))
                    .ifPresent(differences::add);
        }
        for (Manifest.Sequence sequence : manifest.sequences()) {
            Manifest.Sequence found = PostgresEngine.sequence(connection, sequence.name());
            if (!found.equals(sequence)) {
                differences.add("sequence " + sequence.name() + " stands at " + found.last() + ", backed up was "
                        + sequence.last());
            }
        }
    }

    // Connection, resources, operator, system: another attempt may go well.
    private static boolean saysNothingOfTheBackup(SQLException e) {
        String state = SqlErrors.state(e);
        return state.isEmpty()
                || SqlErrors.isTransient(e)
                || List.of("08", "53", "57", "58", "42", "25").contains(state.substring(0, 2));
    }
}
