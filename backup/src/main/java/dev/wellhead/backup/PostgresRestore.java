package dev.wellhead.backup;

import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Brings one backup back into an empty PostgreSQL database, several tables at a time, and compares. For one call of {@link
 * #run}.
 */
final class PostgresRestore {
    private final Storage storage;
    private final Manifest manifest;
    private final SchemaReturn schema;
    private final RightsRestore rights;
    private final int workers;
    private final Progress progress;
    private final DirectDataSource target;

    /**
     * What is restored.
     *
     * @param storage where the backup lies
     * @param manifest the backup's
     * @param schema how its schema comes back
     * @param rights what comes last
     */
    record Source(Storage storage, Manifest manifest, SchemaReturn schema, RightsRestore rights) {}

    /** @param workers how many tables are loaded at a time */
    PostgresRestore(Source source, int workers, Progress progress, DirectDataSource target) {
        this.storage = source.storage();
        this.manifest = source.manifest();
        this.schema = source.schema();
        this.rights = source.rights();
        this.workers = workers;
        this.progress = progress;
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
        schema.before(storage, manifest, target);
        PostgresComparison comparison =
                new PostgresComparison(manifest, new TreeSet<>(SchemaPart.read(storage, manifest)), progress);
        try (Connection connection = PostgresSession.open(target)) {
            List<String> differences = new ArrayList<>();
            if (schema.isWholeBefore()) {
                differences.addAll(comparison.schemaBeforeRows(connection));
            }
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
            differences.addAll(comparison.schema(connection));
            differences.addAll(contents(comparison));
            differences.addAll(comparison.sequences(connection));
            PostgresSession.execute(connection, "analyze");
            // Last of all: they may leave whoever restores without a right that this needs.
            if (differences.isEmpty()) {
                rights.give(connection);
                differences.addAll(rights.differences(connection));
            }
            return differences;
        }
    }

    private void load(Connection connection) throws SQLException, IOException {
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
        eachTable((session, table) -> {
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
            PostgresSession.queryOne(
                    connection,
                    "select setval(" + Identifiers.literal(sequence.name().quoted()) + "::regclass, " + sequence.last()
                            + ", " + sequence.called() + ")");
        }
        schema.after(storage, manifest, target, workers);
    }

    private void eachTable(Crew.Step<Manifest.Table> step) throws SQLException, IOException {
        Crew.forEach(largestFirst(), workers, target, step);
    }

    private List<Manifest.Table> largestFirst() {
        Map<String, Long> sizes = new HashMap<>();
        for (Manifest.Part part : manifest.parts()) {
            sizes.put(part.name(), part.rawBytes());
        }
        return manifest.tables().stream()
                .sorted(Comparator.comparing((Manifest.Table table) -> sizes.getOrDefault(table.part(), 0L))
                        .reversed())
                .toList();
    }

    private List<String> contents(PostgresComparison comparison) throws SQLException, IOException {
        progress.begin(Phase.COMPARE, manifest.rawBytes());
        SortedMap<TableName, String> wrong = new ConcurrentSkipListMap<>();
        eachTable((session, table) ->
                comparison.table(session, table).ifPresent(words -> wrong.put(table.name(), words)));
        return List.copyOf(wrong.values());
    }

    // Connection, resources, operator, system: another attempt may go well.
    private static boolean saysNothingOfTheBackup(SQLException e) {
        String state = SqlErrors.state(e);
        return state.isEmpty()
                || SqlErrors.isTransient(e)
                || List.of("08", "53", "57", "58", "42", "25").contains(state.substring(0, 2));
    }
}
