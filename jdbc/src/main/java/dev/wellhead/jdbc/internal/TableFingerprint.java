package dev.wellhead.jdbc.internal;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a table holds, in a few bytes: the number of rows and the sum of their hashes, which does not depend on the order
 * in which rows are read. Two tables with equal fingerprints hold the same rows, duplicates counted.
 *
 * <p>Sums rather than exclusive ors, since a row that appears twice would cancel itself out in the latter.
 *
 * @param rows how many rows
 * @param hash hexadecimal, comparable between databases of one dialect only
 */
public record TableFingerprint(long rows, String hash) {
    private static final BigInteger TWO_TO_128 = BigInteger.ONE.shiftLeft(128);

    /**
     * Reads the whole table in the connection's transaction, whose snapshot it describes.
     *
     * <p>On PostgreSQL this sets, for the session, everything that the text form of a value depends on.
     */
    public static TableFingerprint of(Connection connection, TableName table) throws SQLException {
        return switch (Dialect.of(connection)) {
            case POSTGRESQL -> ofPostgres(connection, table);
            case SQLITE -> ofSqlite(connection, table);
        };
    }

    // Hashed by the server: rows need not travel. MD5 guards against accidents, not against an attacker with write
    // access.
    private static TableFingerprint ofPostgres(Connection connection, TableName table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("select set_config('extra_float_digits', '1', false),"
                    + " set_config('datestyle', 'ISO, MDY', false), set_config('intervalstyle', 'postgres', false),"
                    + " set_config('timezone', 'UTC', false), set_config('bytea_output', 'hex', false),"
                    + " set_config('search_path', '', false), set_config('row_security', 'off', false)");
            try (ResultSet row = statement.executeQuery("select count(*),"
                    + " coalesce(sum(('x' || substr(h, 1, 16))::bit(64)::bigint::numeric), 0)::text,"
                    + " coalesce(sum(('x' || substr(h, 17, 16))::bit(64)::bigint::numeric), 0)::text"
                    + " from (select md5((wellhead_row.*)::text) as h from only " + table.quoted()
                    + " wellhead_row) hashed")) {
                row.next();
                BigInteger high = new BigInteger(row.getString(2));
                BigInteger low = new BigInteger(row.getString(3));
                return new TableFingerprint(
                        row.getLong(1), hex(high.shiftLeft(64).add(low)));
            }
        }
    }

    private static TableFingerprint ofSqlite(Connection connection, TableName table) throws SQLException {
        MessageDigest digest = sha256();
        BigInteger sum = BigInteger.ZERO;
        long count = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select * from " + table.quoted())) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int column = 1; column <= columns; column++) {
                    addValue(digest, rows.getObject(column));
                }
                sum = sum.add(new BigInteger(1, digest.digest()).mod(TWO_TO_128))
                        .mod(TWO_TO_128);
                count++;
            }
        }
        return new TableFingerprint(count, hex(sum));
    }

    // The storage class is part of a value: SQLite tells 1 from '1' and 1.0. Lengths keep neighbours apart.
    private static void addValue(MessageDigest digest, @Nullable Object value) {
        if (value == null) {
            digest.update((byte) 'n');
        } else if (value instanceof byte[] bytes) {
            addBytes(digest, 'b', bytes);
        } else if (value instanceof Double || value instanceof Float) {
            digest.update((byte) 'r');
            digest.update(ByteBuffer.allocate(8)
                    .putLong(Double.doubleToLongBits(((Number) value).doubleValue()))
                    .array());
        } else if (value instanceof Number number) {
            digest.update((byte) 'i');
            digest.update(ByteBuffer.allocate(8).putLong(number.longValue()).array());
        } else {
            addBytes(digest, 't', value.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void addBytes(MessageDigest digest, char type, byte[] bytes) {
        digest.update((byte) type);
        digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private static String hex(BigInteger sum) {
        return String.format(Locale.ROOT, "%032x", sum.mod(TWO_TO_128));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }
}
