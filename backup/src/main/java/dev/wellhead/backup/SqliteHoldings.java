package dev.wellhead.backup;

import dev.wellhead.backup.internal.Digests;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a database file holds, which is what would be lost if it were replaced. The token says the same in one word, and fits
 * this file only, and only as long as its schema and the number of rows in each table stay as they are. An immutable value.
 *
 * @param content for people
 * @param token what somebody passes who knows that
 */
record SqliteHoldings(String content, String token) {
    private static final int CHECK_DIGITS = 8;

    /**
     * Reads every table's number of rows.
     *
     * @param file its real path, so that all ways to it give one token
     * @throws SQLException if others keep it locked
     */
    static SqliteHoldings of(Path file) throws SQLException, IOException {
        try (Connection connection = SqliteFile.open(file)) {
            connection.setAutoCommit(false);
            return of(file, connection);
        } catch (SQLException e) {
            return unreadable(file, e);
        }
    }

    /** The same over a connection that is in a transaction. */
    static SqliteHoldings of(Path file, Connection connection) throws SQLException, IOException {
        try {
            return counted(file, connection);
        } catch (SQLException e) {
            return unreadable(file, e);
        }
    }

    private static SqliteHoldings counted(Path file, Connection connection) throws SQLException, IOException {
        List<String> facts = new ArrayList<>(Catalog.of(connection).describe());
        List<TableName> tables = Catalog.of(connection).tables();
        long rows = 0;
        for (TableName table : tables) {
            long of = SqliteFile.number(connection, "select count(*) from " + table.quoted());
            facts.add(table.quoted() + " " + of);
            rows += of;
        }
        return new SqliteHoldings(
                tables.size() + " tables with " + rows + " rows",
                file + ":" + tables.size() + "-tables:" + rows + "-rows:" + check(file, facts));
    }

    /** A file that is damaged is the one that most wants replacing. */
    static SqliteHoldings unreadable(Path file, SQLException cause) throws SQLException, IOException {
        if (SqlErrors.isSqliteBusy(cause)) {
            throw cause;
        }
        long size = attributes(file).size();
        return new SqliteHoldings(
                size + " bytes that cannot be read (" + BackupException.say(cause) + ")",
                file + ":unreadable:" + size + "-bytes:" + check(file, List.of()));
    }

    /** Tells files of one path and equal numbers apart: on another machine, or put there since. */
    private static String check(Path file, List<String> facts) throws IOException {
        String all = file + "\n" + attributes(file).fileKey() + "\n" + String.join("\n", facts);
        return Digests.hex(all).substring(0, CHECK_DIGITS);
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
