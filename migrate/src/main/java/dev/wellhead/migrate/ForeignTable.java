package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The history table of another tool, for reading. Holds no connection; immutable. */
record ForeignTable(ForeignHistory tool, Dialect dialect, TableName name) {
    /** Reads one row. */
    @FunctionalInterface
    interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    /** Returns whether the table is there and has the columns of its tool. */
    boolean exists(Connection connection) throws SQLException {
        return tool.hasMade(SchemaHistory.columns(connection, dialect, name));
    }

    /** Returns whether it is there, has the columns of its tool, and has rows. */
    boolean hasRows(Connection connection) throws SQLException {
        return exists(connection)
                && !"0".equals(SchemaHistory.one(connection, "select count(*) from " + name.quoted()));
    }

    /** Returns, for messages, another schema that has such a table; null if there is none. */
    @Nullable String elsewhere(Connection connection) throws SQLException {
        if (dialect == Dialect.SQLITE) {
            return null;
        }
        try (PreparedStatement query = connection.prepareStatement("select n.nspname from pg_catalog.pg_class c"
                + " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                + " where c.relname = ? and n.nspname <> ? and c.relkind in ('r', 'p') order by 1")) {
            query.setString(1, name.name());
            query.setString(2, name.schema());
            try (ResultSet schemas = query.executeQuery()) {
                while (schemas.next()) {
                    String schema = schemas.getString(1);
                    Set<String> columns =
                            SchemaHistory.columns(connection, dialect, new TableName(schema, name.name()));
                    if (tool.hasMade(columns)) {
                        return schema;
                    }
                }
                return null;
            }
        }
    }

    /** Keeps its tool from writing until the transaction ends. SQLite's transaction does so by itself. */
    void lock(Connection connection) throws SQLException {
        if (dialect == Dialect.POSTGRESQL) {
            execute(connection, "lock table " + name.quoted() + " in share row exclusive mode");
        }
    }

    /** Gives it another name in the same schema. */
    void rename(Connection connection, TableName other) throws SQLException {
        execute(connection, "alter table " + name.quoted() + " rename to " + Identifiers.quote(other.name()));
    }

    /** Reads the columns of each row in this order. */
    void read(Connection connection, String columns, String order, RowReader reader) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select " + columns + " from " + name.quoted() + " order by " + order)) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }

    /** Returns a column of times as text that {@link #instant} reads. A time without a zone is one of the session's. */
    String time(String column) {
        return dialect == Dialect.POSTGRESQL
                ? "to_char(cast(" + column
                        + " as timestamp with time zone) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                : "strftime('%Y-%m-%dT%H:%M:%fZ', " + column + ")";
    }

    static @Nullable Instant instant(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            // SQLite keeps whatever it is given; when is then unknown, and what is not.
            return null;
        }
    }

    static boolean truth(@Nullable String text) {
        return text != null && Set.of("t", "true", "1").contains(text.toLowerCase(Locale.ROOT));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
