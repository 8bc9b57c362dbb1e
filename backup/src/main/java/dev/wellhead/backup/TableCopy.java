package dev.wellhead.backup;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.PartWriter;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.internal.RowSum;
import dev.wellhead.jdbc.internal.TableFingerprint;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.postgresql.copy.CopyOut;

/**
 * The rows of one table by COPY, and what they sum up to: read once for both. A connection on which this failed may answer
 * the next statement with what was meant for this one, and is to be closed.
 */
final class TableCopy {
    // So seldom that it costs nothing beside the rows.
    private static final int REPORTED = 1 << 16;

    private final Connection connection;
    private final TableName table;
    private final CopyFormat format;
    private final List<String> columns;

    /** @param columns those that can be written */
    TableCopy(Connection connection, TableName table, CopyFormat format, List<String> columns) {
        this.connection = connection;
        this.table = table;
        this.format = format;
        this.columns = columns;
    }

    /**
     * Returns that of a table as it was backed up.
     *
     * @throws IOException if this version of Wellhead does not know the format
     */
    static TableCopy of(Connection connection, Manifest.Table table) throws IOException {
        CopyFormat format = CopyFormat.of(table.format(), table.name());
        return new TableCopy(connection, table.name(), format, table.columns());
    }

    /**
     * Copies the rows into a part.
     *
     * @param name the part's, as {@link PartWriter#create} takes it
     * @param goOn asked before each row; false ends the copy with an exception
     */
    Copied out(Storage.Draft draft, String name, Progress progress, BooleanSupplier goOn)
            throws SQLException, IOException {
        try (PartWriter part = PartWriter.create(draft, name)) {
            TableFingerprint content = sum(part, progress, goOn);
            Manifest.Part done = part.finish();
            return new Copied(
                    Optional.of(done), new Manifest.Table(table, content, done.name(), format.word(), columns));
        }
    }

    /**
     * Sums up the rows, which another part holds already.
     *
     * @param part the part's full name
     * @param goOn as for {@link #out}
     */
    Copied held(String part, Progress progress, BooleanSupplier goOn) throws SQLException, IOException {
        TableFingerprint content = sum(OutputStream.nullOutputStream(), progress, goOn);
        return new Copied(Optional.empty(), new Manifest.Table(table, content, part, format.word(), columns));
    }

    /**
     * What was copied.
     *
     * @param part the file; empty if another one holds the rows
     * @param table the table
     */
    record Copied(Optional<Manifest.Part> part, Manifest.Table table) {}

    /** Returns what the rows come to, without keeping any. */
    TableFingerprint fingerprint(Progress progress) throws SQLException, IOException {
        return sum(OutputStream.nullOutputStream(), progress, () -> true);
    }

    private TableFingerprint sum(OutputStream to, Progress progress, BooleanSupplier goOn)
            throws SQLException, IOException {
        RowSum sum = new RowSum();
        CopyOut copy = PostgresSession.copier(connection).copyOut("copy " + target() + " to stdout" + format.options());
        try {
            boolean first = true;
            long rows = 0;
            long bytes = 0;
            for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
                if (!goOn.getAsBoolean()) {
                    throw new SQLException("table " + table + ": the copy was given up, as another one failed");
                }
                format.sum(sum, message, first);
                to.write(message);
                first = false;
                rows++;
                bytes += message.length;
                if (bytes >= REPORTED) {
                    progress.passed(table.toString(), rows, bytes);
                    rows = 0;
                    bytes = 0;
                }
            }
            progress.passed(table.toString(), rows, bytes);
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
        TableFingerprint total = sum.total();
        if (copy.getHandledRowCount() != total.rows()) {
            throw new SQLException("table " + table + ": the server says that it sent " + copy.getHandledRowCount()
                    + " rows, and " + total.rows() + " came");
        }
        return total;
    }

    /** Loads a part. */
    void in(PartReader part, Progress progress) throws SQLException, IOException {
        PostgresSession.copier(connection)
                .copyIn(
                        "copy " + target() + " from stdin" + format.options(),
                        new Passing(part, table.toString(), progress));
    }

    private String target() {
        return PostgresSession.copyTarget(table, columns);
    }
}
