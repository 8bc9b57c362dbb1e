package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.TableName;
import dev.wellhead.migrate.HistoryRow.State;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.internal.Checksum;
import dev.wellhead.migrate.internal.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of applied migrations. All of its SQL names the schema, so a script's search_path does not matter. Holds no
 * connection; immutable.
 */
final class SchemaHistory {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaHistory.class);
    // What every release of the table has had. Later columns are added to them, so more is no sign of another tool.
    private static final List<String> COLUMNS = List.of(
            "version",
            "description",
            "state",
            "direction",
            "algorithm",
            "checksum",
            "down_checksum",
            "applied_at",
            "duration_ms",
            "applied_by",
            "tool",
            "statements_total",
            "statements_done",
            "done_sum",
            "doubt_sum",
            "backend",
            "error",
            "run_token");

    private final Dialect dialect;
    private final TableName table;

    private SchemaHistory(Dialect dialect, TableName table) {
        this.dialect = dialect;
        this.table = table;
    }

    /**
     * Finds out where the history of this connection is, or would be.
     *
     * @param schema null for the connection's current schema
     */
    static SchemaHistory of(Connection connection, @Nullable String schema, String name) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        if (dialect == Dialect.SQLITE) {
            if (schema != null && !schema.equals("main")) {
                throw new MigrationException(
                        Reason.DATABASE,
                        "history: SQLite's own schema is main, schema was '" + schema
                                + "'; nothing was run; leave schema(...) out");
            }
            return new SchemaHistory(dialect, new TableName("main", name));
        }
        String current = schema != null ? schema : one(connection, "select current_schema()");
        if (current == null) {
            throw new MigrationException(
                    Reason.DATABASE,
                    "history: the connection has no current schema, as its search_path names none that exists;"
                            + " nothing was run; say where the history belongs with schema(...)");
        }
        return new SchemaHistory(dialect, new TableName(current, name));
    }

    TableName table() {
        return table;
    }

    /** Returns the table of what people did to the history by hand; rows are only ever added to it. */
    static TableName logOf(TableName history) {
        return new TableName(history.schema(), history.name() + "_log");
    }

    /** Creates the tables. The caller holds the run lock and saw that they are missing: two creators would collide. */
    void create(Connection connection) throws SQLException {
        boolean postgres = dialect == Dialect.POSTGRESQL;
        String time = postgres ? "timestamp with time zone" : "text";
        String id = postgres ? "bigint generated always as identity primary key" : "integer primary key autoincrement";
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table " + table.quoted() + """
                     (
                        version text primary key not null,
                        description text not null,
                        state text not null,
                        direction text not null,
                        algorithm integer not null,
                        checksum text not null,
                        down_checksum text,
                        applied_at %s not null,
                        duration_ms bigint not null,
                        applied_by text not null,
                        tool text not null,
                        statements_total integer not null,
                        statements_done integer not null,
                        done_sum text,
                        doubt_sum text,
                        backend text,
                        error text,
                        run_token text not null
                    )""".replace("%s", time));
            statement.execute("create table if not exists " + logOf(table).quoted()
                    + """
                     (
                        id ID,
                        logged_at %s not null,
                        logged_by text not null,
                        tool text not null,
                        action text not null,
                        version text not null,
                        detail text not null
                    )""".replace("ID", id).replace("%s", time));
        }
    }

    /**
     * Returns the rows in no particular order, none if there is no table.
     *
     * @throws MigrationException if the table is not ours, or was written by a newer release in a way unknown here
     */
    List<HistoryRow> read(Connection connection) throws SQLException {
        if (!exists(connection)) {
            return List.of();
        }
        List<HistoryRow> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select version, description, state, algorithm, checksum,"
                        + " down_checksum, " + readableTime()
                        + ", duration_ms, applied_by, direction, statements_total,"
                        + " statements_done, done_sum, doubt_sum, backend, error, run_token from " + table.quoted())) {
            while (row.next()) {
                rows.add(row(row));
            }
        }
        return rows;
    }

    /**
     * Returns what decides whether anything is to be done: of rows that are applied only version and sums, or all rows whole
     * if one is not. One query, if there is a table.
     *
     * @throws MigrationException as {@link #read}
     */
    List<HistoryRow> readBriefly(Connection connection) throws SQLException {
        List<HistoryRow> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select version, state, algorithm, checksum, down_checksum from " + table.quoted())) {
            while (row.next()) {
                String version = row.getString(1);
                if (!State.APPLIED.word.equals(row.getString(2))
                        || !Checksum.knows(row.getInt(3))
                        || !Version.isOne(version)) {
                    return read(connection);
                }
                rows.add(HistoryRow.brief(version, row.getString(4), row.getString(5)));
            }
            return rows;
        } catch (SQLException e) {
            // No table, or another tool's: looked at closely. Whatever else is wrong comes again.
            LOG.debug("history {} cannot be read at once", table, e);
            return read(connection);
        }
    }

    /** Returns whether there are as many rows at least, which costs little beside reading them; false if they cannot be counted. */
    boolean hasRows(Connection connection, int least) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table.quoted())) {
            return row.next() && row.getInt(1) >= least;
        } catch (SQLException e) {
            LOG.debug("history {} cannot be counted", table, e);
            return false;
        }
    }

    private HistoryRow row(ResultSet row) throws SQLException {
        String version = row.getString(1);
        State state = State.of(row.getString(3));
        int algorithm = row.getInt(4);
        if (state == null || !Checksum.knows(algorithm)) {
            throw unreadable(version, "has state '" + row.getString(3) + "' and algorithm " + algorithm);
        }
        try {
            Version.parse(version);
            return new HistoryRow(
                    version,
                    row.getString(2),
                    state,
                    algorithm,
                    row.getString(5),
                    row.getString(6),
                    Instant.parse(row.getString(7)),
                    row.getLong(8),
                    row.getString(9),
                    progress(row));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw unreadable(version, "has no such version or time: " + e.getMessage());
        }
    }

    private static HistoryRow.Progress progress(ResultSet row) throws SQLException {
        return new HistoryRow.Progress(
                "down".equals(row.getString(10)) ? Direction.ROLLED_BACK : Direction.APPLIED,
                row.getInt(11),
                row.getInt(12),
                row.getString(13),
                row.getString(14),
                row.getString(15),
                row.getString(16),
                row.getString(17));
    }

    private MigrationException unreadable(String version, String what) {
        return new MigrationException(
                Reason.FOREIGN_HISTORY,
                "history " + table + ": row " + version + " " + what + ", which this release does not know; nothing was"
                        + " run; was it written by a newer release, or by hand?");
    }

    /** Returns the token of the run that last wrote this version's row, null if there is no row. */
    @Nullable String tokenOf(Connection connection, String version) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("select run_token from " + table.quoted() + " where version = ?")) {
            query.setString(1, version);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    boolean exists(Connection connection) throws SQLException {
        Set<String> columns = columns(connection);
        if (columns.isEmpty() || columns.containsAll(COLUMNS)) {
            return !columns.isEmpty();
        }
        ForeignHistory maker = ForeignHistory.of(table.name(), columns);
        throw new MigrationException(
                Reason.FOREIGN_HISTORY,
                "history " + table + ": a table of this name belongs to somebody else, its columns are "
                        + String.join(", ", columns)
                        + (maker == null ? "" : ", as " + maker.title + " makes")
                        + "; nothing was run; "
                        + (maker == null ? "" : "take its history over with " + maker.call() + ", or ")
                        + "choose another name with historyTable(...)");
    }

    /** Returns whether there is a table of this name that is ours. Refuses none. */
    boolean isOurs(Connection connection) throws SQLException {
        return columns(connection).containsAll(COLUMNS);
    }

    /** Returns whether a history of another tool was taken over into this one, which must be ours. */
    boolean isImported(Connection connection) throws SQLException {
        return !"0"
                .equals(one(
                        connection,
                        "select count(*) from " + logOf(table).quoted() + " where action = '" + HistoryImport.ACTION
                                + "'"));
    }

    private Set<String> columns(Connection connection) throws SQLException {
        return columns(connection, dialect, table);
    }

    /** Returns the columns of a table in their order, on SQLite in small letters; none if there is no such table. */
    static Set<String> columns(Connection connection, Dialect dialect, TableName table) throws SQLException {
        String sql = switch (dialect) {
            case POSTGRESQL -> """
                            select a.attname from pg_catalog.pg_attribute a
                            join pg_catalog.pg_class c on c.oid = a.attrelid
                            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                            where n.nspname = ? and c.relname = ? and a.attnum > 0 and not a.attisdropped
                            order by a.attnum""";
            case SQLITE -> "select lower(name) from pragma_table_info(?2, ?1) order by cid";
        };
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, table.schema());
            query.setString(2, table.name());
            try (ResultSet rows = query.executeQuery()) {
                Set<String> columns = new LinkedHashSet<>();
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
                return columns;
            }
        }
    }

    // As text on both: a session's time zone and the driver's calendar then have no say.
    private String readableTime() {
        return dialect == Dialect.POSTGRESQL
                ? "to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                : "applied_at";
    }

    static @Nullable String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }
}
