package dev.wellhead.backup;

import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A schema that comes back in two halves, with the rows of one part for each table in between. */
final class LoadedContent implements ContentReturn {
    private final Storage storage;
    private final Manifest manifest;
    private final SchemaReturn schema;
    private final int workers;

    /** @param workers how many tables are loaded at a time */
    LoadedContent(Storage storage, Manifest manifest, SchemaReturn schema, int workers) {
        this.storage = storage;
        this.manifest = manifest;
        this.schema = schema;
        this.workers = workers;
    }

    @Override
    public List<String> into(DirectDataSource target, PostgresComparison comparison, Progress progress)
            throws SQLException, IOException {
        schema.before(storage, manifest, target);
        try (Connection connection = PostgresSession.open(target)) {
            if (schema.isWholeBefore()) {
                List<String> differences = comparison.schemaBeforeRows(connection);
                if (!differences.isEmpty()) {
                    // Nothing to load into, and nothing that loading could mend.
                    return differences;
                }
            }
            try {
                load(connection, target, progress);
                return List.of();
            } catch (SQLException e) {
                if (saysNothingOfTheBackup(e)) {
                    throw e;
                }
                return List.of("the rows cannot be loaded: " + BackupException.say(e));
            }
        }
    }

    private void load(Connection connection, DirectDataSource target, Progress progress)
            throws SQLException, IOException {
        connection.setAutoCommit(false);
        LoadGuards guards = LoadGuards.lift(connection);
        List<String> names = manifest.tables().stream()
                .filter(table -> !LargeObjects.isIn(table))
                .map(table -> table.name().quoted())
                .toList();
        if (!names.isEmpty()) {
            // All at once: foreign keys among them then do not matter.
            PostgresSession.execute(connection, "truncate only " + String.join(", only ", names));
        }
        PostgresSession.queryAll(connection, "select lo_unlink(oid) from pg_largeobject_metadata");
        connection.commit();
        connection.setAutoCommit(true);
        progress.begin(Phase.LOAD, manifest.rawBytes());
        Crew.forEach(manifest.tablesLargestFirst(), workers, target, (session, table) -> {
            guards.enter(session);
            try (PartReader part = PartReader.open(storage, manifest.id(), manifest.part(table.part()))) {
                if (LargeObjects.isIn(table)) {
                    LargeObjects.in(session, part, progress);
                } else {
                    TableCopy.of(session, table).in(part, progress);
                }
            }
        });
        guards.restore(connection);
        for (Manifest.Sequence sequence : manifest.sequences()) {
            PostgresSequences.set(connection, sequence);
        }
        schema.after(storage, manifest, target, workers);
    }

    // Connection, resources, operator, system: another attempt may go well.
    private static boolean saysNothingOfTheBackup(SQLException e) {
        String state = SqlErrors.state(e);
        return state.isEmpty()
                || SqlErrors.isTransient(e)
                || List.of("08", "53", "57", "58", "42", "25").contains(state.substring(0, 2));
    }
}
