package dev.wellhead.backup;

import dev.wellhead.backup.TableCopy.Copied;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.PartWriter;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.internal.RowSum;
import dev.wellhead.jdbc.internal.TableFingerprint;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * PostgreSQL's large objects, which belong to no table, in pieces: number of the object and place in it, 8 bytes each, length
 * in 4 bytes, all with the highest byte first, and content. An empty object is an empty piece.
 */
final class LargeObjects {
    /** Stands for all of them in manifests. */
    static final TableName NAME = new TableName("pg_catalog", "pg_largeobject");

    /** The format of their part. */
    static final String FORMAT = "large-objects";

    private static final String PART = "large-objects";
    private static final String WORDS = "large objects";
    private static final int PIECE = 1 << 20;
    private static final int HEAD = Long.BYTES + Long.BYTES + Integer.BYTES;

    private LargeObjects() {}

    /** Returns whether this entry of a manifest stands for them. */
    static boolean isIn(Manifest.Table table) {
        return table.format().equals(FORMAT);
    }

    /** Copies all that the connection's snapshot has; empty if there are none. */
    static Optional<Copied> out(Connection connection, Storage.Draft draft, Progress progress)
            throws SQLException, IOException {
        if (number(connection) == 0) {
            return Optional.empty();
        }
        try (PartWriter part = PartWriter.create(draft, PART)) {
            TableFingerprint content = pass(connection, part, progress);
            Manifest.Part done = part.finish();
            return Optional.of(
                    new Copied(Optional.of(done), new Manifest.Table(NAME, content, done.name(), FORMAT, List.of())));
        }
    }

    /** Sums up all that the connection's snapshot has, which another part holds already; empty if there are none. */
    static Optional<Copied> held(Connection connection, String part, Progress progress)
            throws SQLException, IOException {
        if (number(connection) == 0) {
            return Optional.empty();
        }
        TableFingerprint content = pass(connection, OutputStream.nullOutputStream(), progress);
        return Optional.of(new Copied(Optional.empty(), new Manifest.Table(NAME, content, part, FORMAT, List.of())));
    }

    /** Returns how many there are. */
    static long number(Connection connection) throws SQLException {
        return Long.parseLong(PostgresSession.queryOne(connection, "select count(*) from pg_largeobject_metadata"));
    }

    static TableFingerprint fingerprint(Connection connection, Progress progress) throws SQLException, IOException {
        connection.setAutoCommit(false);
        try {
            return pass(connection, OutputStream.nullOutputStream(), progress);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static TableFingerprint pass(Connection connection, OutputStream to, Progress progress)
            throws SQLException, IOException {
        RowSum sum = new RowSum();
        try (Statement statement = connection.createStatement();
                PreparedStatement reading = connection.prepareStatement("select lo_get(?::oid, ?, ?)")) {
            statement.setFetchSize(1_000);
            try (ResultSet objects =
                    statement.executeQuery("select oid::bigint from pg_largeobject_metadata order by oid")) {
                while (objects.next()) {
                    pass(objects.getLong(1), reading, sum, to, progress);
                }
            }
        }
        return sum.total();
    }

    private static void pass(long object, PreparedStatement reading, RowSum sum, OutputStream to, Progress progress)
            throws SQLException, IOException {
        long at = 0;
        byte[] piece;
        do {
            reading.setLong(1, object);
            reading.setLong(2, at);
            reading.setInt(3, PIECE);
            try (ResultSet row = reading.executeQuery()) {
                row.next();
                piece = row.getBytes(1);
            }
            if (at == 0 || piece.length > 0) {
                byte[] framed = ByteBuffer.allocate(HEAD + piece.length)
                        .putLong(object)
                        .putLong(at)
                        .putInt(piece.length)
                        .put(piece)
                        .array();
                sum.add(framed, 0, framed.length);
                to.write(framed);
                progress.passed(WORDS, 0, framed.length);
            }
            at += piece.length;
        } while (piece.length == PIECE);
    }

    /** Makes them anew, where there are none. */
    static void in(Connection connection, PartReader source, Progress progress) throws SQLException, IOException {
        InputStream part = new Passing(source, WORDS, progress);
        try (PreparedStatement creating = connection.prepareStatement("select lo_create(?::oid)");
                PreparedStatement writing = connection.prepareStatement("select lo_put(?::oid, ?, ?)")) {
            for (byte[] head = part.readNBytes(HEAD); head.length > 0; head = part.readNBytes(HEAD)) {
                ByteBuffer framed = ByteBuffer.wrap(Arrays.copyOf(head, HEAD));
                long object = framed.getLong();
                long at = framed.getLong();
                int length = framed.getInt();
                byte[] piece = part.readNBytes(Math.max(0, length));
                if (head.length < HEAD || piece.length != length) {
                    throw new IOException("the part of the large objects ends in the middle of one");
                }
                if (at == 0) {
                    creating.setLong(1, object);
                    creating.executeQuery().close();
                }
                writing.setLong(1, object);
                writing.setLong(2, at);
                writing.setBytes(3, piece);
                writing.executeQuery().close();
            }
        }
    }
}
