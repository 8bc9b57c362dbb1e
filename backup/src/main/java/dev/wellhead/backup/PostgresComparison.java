package dev.wellhead.backup;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.jdbc.internal.TableFingerprint;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** Says how a PostgreSQL database differs from what was backed up. Changes nothing. Thread-safe. */
final class PostgresComparison {
    private final Manifest manifest;
    private final SortedSet<String> schema;
    private final Progress progress;

    /** @param schema the lines that were backed up; not to be changed afterwards */
    PostgresComparison(Manifest manifest, SortedSet<String> schema, Progress progress) {
        this.manifest = manifest;
        this.schema = schema;
        this.progress = progress;
    }

    /** Compares what can be there before any row is. */
    List<String> schemaBeforeRows(Connection connection) throws SQLException {
        return schema(connection, SchemaLines.beforeRows(schema), SchemaLines.beforeRows(SchemaLines.of(connection)));
    }

    List<String> schema(Connection connection) throws SQLException {
        return schema(connection, schema, SchemaLines.of(connection));
    }

    private List<String> schema(Connection connection, SortedSet<String> wanted, SortedSet<String> found)
            throws SQLException {
        return Preflight.isOfTheSameVersion(connection, manifest)
                ? Differences.ofSchema(wanted, found)
                : Differences.ofSchema(SchemaLines.whateverTheVersion(wanted), SchemaLines.whateverTheVersion(found));
    }

    /** @param table one of the manifest's; of the large objects, a transaction that is open is rolled back */
    Optional<String> table(Connection connection, Manifest.Table table) throws SQLException, IOException {
        TableFingerprint content = LargeObjects.isIn(table)
                ? LargeObjects.fingerprint(connection, progress)
                : TableCopy.of(connection, table).fingerprint(progress);
        return Differences.ofTable(table, content);
    }

    List<String> sequences(Connection connection) throws SQLException {
        List<String> differences = new ArrayList<>();
        for (Manifest.Sequence sequence : manifest.sequences()) {
            Manifest.Sequence found = PostgresSequences.of(connection, sequence.name());
            if (!found.equals(sequence)) {
                differences.add("sequence " + sequence.name() + " stands at " + found.last() + ", backed up was "
                        + sequence.last());
            }
        }
        return differences;
    }
}
