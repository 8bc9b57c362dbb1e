package dev.wellhead.backup;

import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Brings one backup back into an empty PostgreSQL database, and compares it, several tables at a time. For one call of {@link
 * #run}.
 */
final class PostgresRestore {
    private final Storage storage;
    private final Manifest manifest;
    private final ContentReturn content;
    private final RightsRestore rights;
    private final int workers;
    private final Progress progress;
    private final DirectDataSource target;

    /**
     * What is restored.
     *
     * @param storage where the backup lies
     * @param manifest the backup's
     * @param content how its schema and its rows come back
     * @param rights what comes last
     */
    record Source(Storage storage, Manifest manifest, ContentReturn content, RightsRestore rights) {}

    /** @param workers how many tables are compared at a time */
    PostgresRestore(Source source, int workers, Progress progress, DirectDataSource target) {
        this.storage = source.storage();
        this.manifest = source.manifest();
        this.content = source.content();
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
        PostgresComparison comparison =
                new PostgresComparison(manifest, new TreeSet<>(SchemaPart.read(storage, manifest)), progress);
        List<String> differences = new ArrayList<>(content.into(target, comparison, progress));
        if (!differences.isEmpty()) {
            return differences;
        }
        try (Connection connection = PostgresSession.open(target)) {
            differences.addAll(comparison.schema(connection));
            if (!differences.isEmpty()) {
                // What is not there cannot be read.
                return differences;
            }
            differences.addAll(contents(comparison));
            differences.addAll(comparison.sequences(connection));
            analyzeWhatHasNoRowsOfItsOwn(connection);
            // Last of all: they may leave whoever restores without a right that this needs.
            if (differences.isEmpty()) {
                rights.give(connection);
                differences.addAll(rights.differences(connection));
            }
            return differences;
        }
    }

    private List<String> contents(PostgresComparison comparison) throws SQLException, IOException {
        progress.begin(Phase.COMPARE, manifest.rawBytes());
        SortedMap<TableName, String> wrong = new ConcurrentSkipListMap<>();
        Crew.forEach(manifest.tablesLargestFirst(), workers, target, (session, table) -> {
            comparison.table(session, table).ifPresent(words -> wrong.put(table.name(), words));
            if (!LargeObjects.isIn(table)) {
                // Not in the end by one statement for all, which would look at the catalogue as well, alone.
                PostgresSession.execute(session, "analyze " + table.name().quoted());
            }
        });
        return List.copyOf(wrong.values());
    }

    private static void analyzeWhatHasNoRowsOfItsOwn(Connection connection) throws SQLException {
        String names = String.join(", ", PostgresSession.queryAll(connection, """
                select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"""));
        if (!names.isEmpty()) {
            PostgresSession.execute(connection, "analyze " + names);
        }
    }
}
