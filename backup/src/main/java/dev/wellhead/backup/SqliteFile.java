package dev.wellhead.backup;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.TableFingerprint;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** Paths, connections and comparisons of SQLite files. */
final class SqliteFile {
    /** How manifests name the form in which rows are summed up. */
    static final String ROWS = "sqlite-rows";

    static final List<String> SIDE_FILES = List.of("-wal", "-shm", "-journal");

    // https://www.sqlite.org/rescode.html
    private static final int SQLITE_CORRUPT = 11;
    private static final int SQLITE_NOTADB = 26;

    // A native wait cannot be interrupted; a short one is repeated where it matters.
    private static final int BUSY_MILLIS = 50;

    private SqliteFile() {}

    /** Returns the absolute path, if the driver takes it for what it is. */
    static Path usable(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        if (absolute.toString().indexOf('?') >= 0) {
            throw new IllegalArgumentException("the path of an SQLite file must not hold a question mark: " + absolute);
        }
        return absolute;
    }

    static Path side(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** Opens a file that must exist; the driver would else create an empty one. */
    static Connection open(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setBusyTimeout(BUSY_MILLIS);
        return config.createConnection("jdbc:sqlite:" + file);
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Returns whether the file is no database, or one with broken pages. */
    static boolean isDamaged(SQLException e) {
        // Extended codes hold the primary one in their low byte.
        int code = e.getErrorCode() & 0xff;
        return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    }

    /** Returns whether the database keeps a write-ahead log, which is a mark in the file itself. */
    static boolean keepsWal(Connection connection) throws SQLException {
        return text(connection, "pragma journal_mode").equals("wal");
    }

    static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Returns what is wrong with the file's structure; empty if nothing is. */
    static List<String> checkIntegrity(Connection connection) throws SQLException {
        List<String> problems = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("pragma integrity_check(10)")) {
            while (rows.next()) {
                problems.add("integrity_check: " + rows.getString(1));
            }
        }
        return problems.equals(List.of("integrity_check: ok")) ? List.of() : problems;
    }

    /** Returns how the content differs from what the manifest says; empty if it does not. */
    static List<String> compare(Connection connection, Manifest manifest, List<String> schema)
            throws SQLException, IOException {
        List<String> differences = new ArrayList<>(Differences.ofSchema(
                new TreeSet<>(schema), Catalog.of(connection).describe()));
        Set<TableName> present = Set.copyOf(Catalog.of(connection).tables());
        for (Manifest.Table table : manifest.tables()) {
            requireFormat(table.format(), table.name());
            if (present.contains(table.name())) {
                Differences.ofTable(table, TableFingerprint.of(connection, table.name()))
                        .ifPresent(differences::add);
            } else {
                differences.add("table " + table.name() + " is missing");
            }
        }
        return differences;
    }

    /** @throws IOException if rows were not summed up in the form of this version */
    private static void requireFormat(String word, TableName table) throws IOException {
        if (!word.equals(ROWS)) {
            throw new IOException("table " + table + " is told of as '" + word
                    + "', which this version of Wellhead cannot compare; use the one that made the backup");
        }
    }
}
