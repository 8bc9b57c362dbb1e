package dev.wellhead.benchmarks.migrate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import javax.sql.DataSource;

/**
 * The least that keeps a history: reads and sums every file, compares with the rows, and applies what has none, each in one
 * transaction with its row. No lock, no splitting, no care.
 */
final class Floor implements BenchedMigrator {
    @Override
    public void migrate(DataSource dataSource, Path folder) throws SQLException, IOException {
        try (Connection connection = dataSource.getConnection()) {
            Map<String, Long> applied = applied(connection);
            SortedMap<String, byte[]> pending = new TreeMap<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.sql")) {
                for (Path file : files) {
                    byte[] content = Files.readAllBytes(file);
                    String name = String.valueOf(file.getFileName());
                    Long sum = applied.get(name);
                    if (sum == null) {
                        pending.put(name, content);
                    } else if (sum != sumOf(content)) {
                        throw new IllegalStateException(name + " was changed");
                    }
                }
            }
            if (!pending.isEmpty()) {
                apply(connection, pending);
            }
        }
    }

    private static Map<String, Long> applied(Connection connection) throws SQLException {
        Map<String, Long> applied = new HashMap<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists floor_history (name text primary key, sum bigint not null,"
                    + " description text not null, applied_at bigint not null, duration_ms bigint not null)");
            try (ResultSet rows = statement.executeQuery("select name, sum from floor_history")) {
                while (rows.next()) {
                    applied.put(rows.getString(1), rows.getLong(2));
                }
            }
        }
        return applied;
    }

    private static void apply(Connection connection, SortedMap<String, byte[]> pending) throws SQLException {
        boolean takesManyAtOnce =
                connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                PreparedStatement insert =
                        connection.prepareStatement("insert into floor_history values (?, ?, 'step', ?, ?)")) {
            for (Map.Entry<String, byte[]> file : pending.entrySet()) {
                long began = System.nanoTime();
                String sql = new String(file.getValue(), StandardCharsets.UTF_8);
                // Of several statements SQLite's driver runs the first; in this corpus each ends at the end
                // of its line.
                for (String each : takesManyAtOnce ? new String[] {sql} : sql.split("(?<=;)\n", -1)) {
                    if (!each.isEmpty()) {
                        statement.execute(each);
                    }
                }
                insert.setString(1, file.getKey());
                insert.setLong(2, sumOf(file.getValue()));
                insert.setLong(3, Clock.systemUTC().millis());
                insert.setLong(4, (System.nanoTime() - began) / 1_000_000);
                insert.executeUpdate();
                connection.commit();
            }
        }
    }

    private static long sumOf(byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        return sum.getValue();
    }
}
