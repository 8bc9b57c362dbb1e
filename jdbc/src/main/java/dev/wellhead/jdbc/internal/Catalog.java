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
        SortedSet<String> lines = new TreeSet<>();
        if (dialect == Dialect.SQLITE) {
            // Text as it was written, but for white space: SQLite keeps it, and so does a backup.
            lines.addAll(query(SqliteSchema.TEXTS, rows -> rows.getString(1)));
            return lines;
        }
        for (CatalogObject object : objects()) {
            if (!object.isAccess()) {
                lines.add(object.toString());
            }
        }
        return lines;
    }

    /**
     * Returns all that the database consists of, sorted by kind and name: relations with their columns, constraints,
     * indexes, triggers, rules, policies and statistics; views, sequences, routines, types, extensions, event triggers,
     * publications, comments, owners and privileges. Object ids are left out, and so are rows, counters of sequences,
     * operators, casts, text search, roles and settings.
     *
     * <p>On PostgreSQL in the words of this server; releases differ a little in how they print views. On SQLite from the
     * text of the definitions, without comments and quotes that are not needed, in lower case.
     */
    public SortedSet<CatalogObject> objects() throws SQLException {
        SortedSet<CatalogObject> objects = new TreeSet<>();
        if (dialect == Dialect.SQLITE) {
            query(
                    SqliteSchema.DEFINITIONS,
                    rows -> objects.addAll(SqliteSchema.objects(
                            rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4))));
            return objects;
        }
        // What the server prints depends on it: names are qualified unless the path finds them.
        String searchPath = query("select current_setting('search_path')", rows -> rows.getString(1))
                .get(0);
        setSearchPath("");
        try {
            for (String sql : SchemaQueries.ALL) {
                objects.addAll(query(
                        sql,
                        rows -> CatalogObject.of(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getString(3),
                                rows.getString(4),
                                rows.getString(5))));
            }
            return objects;
        } finally {
            setSearchPath(searchPath);
        }
    }

    private void setSearchPath(String path) throws SQLException {
        query("select set_config('search_path', " + Identifiers.literal(path) + ", false)", rows -> rows.getString(1));
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
