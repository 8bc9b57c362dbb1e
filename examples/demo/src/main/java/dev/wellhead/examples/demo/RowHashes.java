package dev.wellhead.examples.demo;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Hashes all rows of all tables, by means of its own: a check must not trust the code that it checks. */
final class RowHashes {
    private RowHashes() {}

    /** Returns, for each table, how many rows it has and the hash of them in the order of their first column. */
    static Map<String, String> of(DataSource dataSource) throws SQLException {
        Map<String, String> hashes = new TreeMap<>();
        try (Connection connection = dataSource.getConnection()) {
            String schema = connection.getSchema();
            DatabaseMetaData metaData = connection.getMetaData();
            try (ResultSet tables = metaData.getTables(null, schema, "%", new String[] {"TABLE"})) {
                while (tables.next()) {
                    hashes.put(tables.getString("TABLE_NAME"), "");
                }
            }
            for (Map.Entry<String, String> table : hashes.entrySet()) {
                table.setValue(hash(connection, table.getKey()));
            }
        }
        return hashes;
    }

    private static String hash(Connection connection, String table) throws SQLException {
        MessageDigest digest = sha256();
        long count = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select * from \"" + table + "\" order by 1")) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int column = 1; column <= columns; column++) {
                    digest.update((rows.getString(column) + '\0').getBytes(StandardCharsets.UTF_8));
                }
                count++;
            }
        }
        return count + " rows " + HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }
}
