package dev.wellhead.jdbc.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads what a database consists of. Sees user schemas only: not the system's, and nothing that belongs to an extension.
 * Bound to one connection and its thread; sees what that connection's transaction sees.
 */
public final class Catalog {
    private final Connection connection;
    private final Dialect dialect;

    private Catalog(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** Returns the catalogue that this connection sees. */
    public static Catalog of(Connection connection) throws SQLException {
        return new Catalog(connection, Dialect.of(connection));
    }

    /** Returns all tables that hold rows themselves (partitions, but not their parents), sorted by name. */
    public List<TableName> tables() throws SQLException {
        String sql = switch (dialect) {
            case POSTGRESQL -> SchemaQueries.expanded("""
                            select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                            where c.relkind = 'r' and c.relpersistence <> 't' and {user} and {own:pg_class:c.oid}
                            order by 1, 2
                            """);
            case SQLITE -> """
                            select 'main', name from sqlite_master
                            where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by 2
                            """;
        };
        return query(sql, rows -> new TableName(rows.getString(1), rows.getString(2)));
    }

    /** Returns the columns of a table that can be written, so no generated ones, in their order. */
    public List<String> writableColumns(TableName table) throws SQLException {
        String sql = switch (dialect) {
            case POSTGRESQL ->
                "select attname from pg_attribute where attrelid = "
                        + Identifiers.literal(table.quoted())
                        + "::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum";
            case SQLITE ->
                "select name from pragma_table_xinfo(" + Identifiers.literal(table.name())
                        + ") where hidden = 0 order by cid";
        };
        return query(sql, rows -> rows.getString(1));
    }

    /**
     * Describes the schema in canonical lines, one for each table, column, constraint, index, view, function, trigger,
     * type, sequence and policy: two databases with equal lines have equal schemas as far as these lines reach. The order
     * of columns is part of it; object ids, owners, privileges and statistics are not.
     */
    public SortedSet<String> describe() throws SQLException {
        if (dialect == Dialect.SQLITE) {
            return lines(SchemaQueries.SQLITE);
        }
        // What the server prints depends on it: names are qualified unless the path finds them.
        String searchPath = query("select current_setting('search_path')", rows -> rows.getString(1))
                .get(0);
        setSearchPath("");
        try {
            return lines(SchemaQueries.POSTGRESQL);
        } finally {
            setSearchPath(searchPath);
        }
    }

    private void setSearchPath(String path) throws SQLException {
        query("select set_config('search_path', " + Identifiers.literal(path) + ", false)", rows -> rows.getString(1));
    }

    private SortedSet<String> lines(List<String> queries) throws SQLException {
        SortedSet<String> lines = new TreeSet<>();
        for (String sql : queries) {
            lines.addAll(query(sql, rows -> rows.getString(1)));
        }
        return lines;
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> List<T> query(String sql, Row<T> row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(row.read(rows));
            }
            return found;
        }
    }
}
