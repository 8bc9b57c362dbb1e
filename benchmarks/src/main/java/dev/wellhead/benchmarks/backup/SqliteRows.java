package dev.wellhead.benchmarks.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The rows of the SQLite database that is backed up, and those that are written meanwhile. */
public final class SqliteRows {
    private SqliteRows() {}

    /** Makes an empty database one of about three kilobytes a document. */
    public static void fill(Connection connection, int documents) throws SQLException {
        for (String sql : List.of(
                "pragma journal_mode = wal",
                "create table documents (id integer primary key, at text not null, title text not null, body text not null,"
                        + " content blob not null)",
                "create table events (id integer primary key, document integer not null, what text not null)",
                // Hexadecimal digits of random bytes pack to half; a fifth does not pack at all.
                "insert into documents with recursive n (i) as (select 1 union all select i + 1 from n where i < "
                        + documents + ") select i, datetime(1767225600 + i * 60, 'unixepoch'), 'Document ' || i,"
                        + " hex(randomblob(500)) || replace(hex(zeroblob(30)), '00', 'lorem ipsum dolor sit '),"
                        + " randomblob(600) from n",
                "create index documents_by_title on documents (title)",
                "create unique index documents_by_time on documents (at, id)",
                "pragma wal_checkpoint(truncate)")) {
            execute(connection, sql);
        }
    }

    /** Commits one transaction of five statements. */
    static void write(Connection connection, long number) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("begin immediate");
            for (int i = 0; i < 4; i++) {
                statement.execute(
                        "insert into events (document, what) values (" + (number + i) + ", 'opened by somebody')");
            }
            statement.execute("update documents set title = 'Document ' || id where id = " + (1 + number % 1000));
            statement.execute("commit");
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
