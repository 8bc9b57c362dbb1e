package dev.wellhead.jdbc.internal;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

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
            case SQLITE -> SqliteRows.fingerprint(connection, table);
        };
    }

    // Hashed by the server: rows need not travel. MD5 guards against accidents, not against an attacker
    // with write access.
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

    private static String hex(BigInteger sum) {
        return String.format(Locale.ROOT, "%032x", sum.mod(TWO_TO_128));
    }
}
