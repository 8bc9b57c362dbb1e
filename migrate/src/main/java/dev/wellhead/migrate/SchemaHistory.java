package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.TableName;
import dev.wellhead.migrate.MigrationException.Reason;
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

/**
 * The table of applied migrations. All of its SQL names the schema, so a script's search_path does not matter. Holds no
 * connection; immutable.
 */
final class SchemaHistory {
    private static final String APPLIED = "applied";
    // What every release of the table has had. Later columns are added to them, so more is no sign of another tool.
    private static final List<String> COLUMNS = List.of(
            "version",
            "description",
            "state",
            "algorithm",
            "checksum",
            "down_checksum",
            "applied_at",
            "duration_ms",
            "applied_by");

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

    /** Creates the table. The caller holds the run lock and saw that it is missing: two creators at once would collide. */
    void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table " + table.quoted() + columnDefinitions());
        }
    }

    private String columnDefinitions() {
        return switch (dialect) {
            case POSTGRESQL -> """
                         (
                            version text primary key,
                            description text not null,
                            state text not null,
                            algorithm integer not null,
                            checksum text not null,
                            down_checksum text,
                            applied_at timestamp with time zone not null,
                            duration_ms bigint not null,
                            applied_by text not null
                        )""";
            case SQLITE -> """
                         (
                            version text primary key not null,
                            description text not null,
                            state text not null,
                            algorithm integer not null,
                            checksum text not null,
                            down_checksum text,
                            applied_at text not null,
                            duration_ms integer not null,
                            applied_by text not null
                        )""";
        };
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
                        + " down_checksum, " + readableTime() + ", duration_ms, applied_by from " + table.quoted())) {
            while (row.next()) {
                rows.add(row(row));
            }
        }
        return rows;
    }

    private HistoryRow row(ResultSet row) throws SQLException {
        String version = row.getString(1);
        String state = row.getString(3);
        int algorithm = row.getInt(4);
        if (!APPLIED.equals(state) || !Checksum.knows(algorithm)) {
            throw unreadable(version, "has state '" + state + "' and algorithm " + algorithm);
        }
        try {
            Version.parse(version);
            return new HistoryRow(
                    version,
                    row.getString(2),
                    algorithm,
                    row.getString(5),
                    row.getString(6),
                    Instant.parse(row.getString(7)),
                    row.getLong(8),
                    row.getString(9));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw unreadable(version, "has no such version or time: " + e.getMessage());
        }
    }

    private MigrationException unreadable(String version, String what) {
        return new MigrationException(
                Reason.FOREIGN_HISTORY,
                "history " + table + ": row " + version + " " + what + ", which this release does not know; nothing was"
                        + " run; was it written by a newer release, or by hand?");
    }

    boolean contains(Connection connection, String version) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("select 1 from " + table.quoted() + " where version = ?")) {
            query.setString(1, version);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    void add(Connection connection, HistoryRow row) throws SQLException {
        String time = dialect == Dialect.POSTGRESQL ? "cast(? as timestamp with time zone)" : "?";
        try (PreparedStatement insert = connection.prepareStatement("insert into " + table.quoted()
                + " (version, description, state, algorithm, checksum, down_checksum, applied_at, duration_ms, applied_by)"
                + " values (?, ?, ?, ?, ?, ?, " + time + ", ?, ?)")) {
            insert.setString(1, row.version());
            insert.setString(2, row.description());
            insert.setString(3, APPLIED);
            insert.setInt(4, row.algorithm());
            insert.setString(5, row.checksum());
            insert.setString(6, row.downChecksum());
            insert.setString(7, row.appliedAt().toString());
            insert.setLong(8, row.durationMillis());
            insert.setString(9, row.appliedBy());
            insert.executeUpdate();
        }
    }

    void remove(Connection connection, String version) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from " + table.quoted() + " where version = ?")) {
            delete.setString(1, version);
            delete.executeUpdate();
        }
    }

    /** Returns who runs migrations on this connection, for the history. */
    String user(Connection connection) throws SQLException {
        String user = dialect == Dialect.POSTGRESQL
                ? one(connection, "select session_user::text")
                : System.getProperty("user.name", "unknown");
        return user == null ? "unknown" : user;
    }

    boolean exists(Connection connection) throws SQLException {
        Set<String> columns = columns(connection);
        if (columns.isEmpty() || columns.containsAll(COLUMNS)) {
            return !columns.isEmpty();
        }
        String maker = columns.equals(Set.of("version", "dirty"))
                ? ", as golang-migrate makes"
                : columns.equals(Set.of("version")) ? ", as dbmate and Rails make" : "";
        throw new MigrationException(
                Reason.FOREIGN_HISTORY,
                "history " + table + ": a table of this name belongs to somebody else, its columns are "
                        + String.join(", ", columns) + maker
                        + "; nothing was run; choose another name with historyTable(...)");
    }

    private Set<String> columns(Connection connection) throws SQLException {
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

    private static @Nullable String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }
}
