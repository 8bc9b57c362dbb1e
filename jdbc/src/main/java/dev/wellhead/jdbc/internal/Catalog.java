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
    private static final String USER_SCHEMA =
            " n.nspname not in ('pg_catalog', 'information_schema')" + " and n.nspname !~ '^pg_(toast|temp)' ";

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
        return query(
                switch (dialect) {
                    case POSTGRESQL ->
                        "select n.nspname, c.relname from pg_class c"
                                + " join pg_namespace n on n.oid = c.relnamespace"
                                + " where c.relkind = 'r' and c.relpersistence <> 't' and" + USER_SCHEMA
                                + notOfExtension("pg_class", "c.oid") + " order by 1, 2";
                    case SQLITE ->
                        "select 'main', name from sqlite_master where type = 'table'"
                                + " and name not like 'sqlite\\_%' escape '\\' order by 2";
                },
                rows -> new TableName(rows.getString(1), rows.getString(2)));
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
        for (String sql : dialect == Dialect.POSTGRESQL ? POSTGRES_LINES : SQLITE_LINES) {
            lines.addAll(query(sql, rows -> rows.getString(1)));
        }
        return lines;
    }

    private static final List<String> SQLITE_LINES = List.of(
            // Text as it was written, but for white space: SQLite keeps it, and so does a backup.
            "select type || ' ' || name || ': ' || replace(replace(replace(coalesce(sql, ''), char(10), ' '),"
                    + " char(13), ' '), char(9), ' ') from sqlite_master where name not like 'sqlite\\_%' escape '\\'");

    private static final List<String> POSTGRES_LINES = List.of(
            "select 'schema ' || n.nspname from pg_namespace n where" + USER_SCHEMA
                    + notOfExtension("pg_namespace", "n.oid"),
            "select 'extension ' || extname from pg_extension where extname <> 'plpgsql'",
            "select 'relation ' || n.nspname || '.' || c.relname || ' kind ' || c.relkind || ' persistence '"
                    + " || c.relpersistence || ' options ' || coalesce(c.reloptions::text, '') || ' rls '"
                    + " || c.relrowsecurity || c.relforcerowsecurity || coalesce(' partition ' ||"
                    + " pg_get_expr(c.relpartbound, c.oid), '') || coalesce(' by ' || pg_get_partkeydef(c.oid), '')"
                    + " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                    + " where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and c.relpersistence <> 't' and" + USER_SCHEMA
                    + notOfExtension("pg_class", "c.oid"),
            // The rank among the living columns: a dropped one leaves a hole in attnum that means nothing.
            "select 'column ' || n.nspname || '.' || c.relname || '.' || a.attname || ' #' || row_number() over"
                    + " (partition by c.oid order by a.attnum) || ' ' || format_type(a.atttypid, a.atttypmod)"
                    + " || case when a.attnotnull then ' not null' else '' end || ' identity ' || a.attidentity"
                    + " || ' generated ' || a.attgenerated || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')"
                    + " || coalesce(' collate ' || nullif(a.attcollation, t.typcollation)::regcollation::text, '')"
                    + " from pg_attribute a join pg_class c on c.oid = a.attrelid"
                    + " join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid"
                    + " left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum"
                    + " where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')"
                    + " and c.relpersistence <> 't' and" + USER_SCHEMA + notOfExtension("pg_class", "c.oid"),
            // Since PostgreSQL 18 a NOT NULL is a constraint, too; the column's line has it already.
            "select 'constraint ' || n.nspname || '.' || coalesce(c.relname || '.', '') || k.conname || ' '"
                    + " || pg_get_constraintdef(k.oid) from pg_constraint k"
                    + " join pg_namespace n on n.oid = k.connamespace left join pg_class c on c.oid = k.conrelid"
                    + " where k.contype <> 'n' and" + USER_SCHEMA + notOfExtension("pg_constraint", "k.oid"),
            "select 'index ' || pg_get_indexdef(i.indexrelid) || case when i.indisvalid then '' else ' invalid' end"
                    + " from pg_index i join pg_class c on c.oid = i.indexrelid"
                    + " join pg_namespace n on n.oid = c.relnamespace where c.relpersistence <> 't' and" + USER_SCHEMA
                    + notOfExtension("pg_class", "i.indrelid"),
            "select 'view ' || n.nspname || '.' || c.relname || ' ' || pg_get_viewdef(c.oid) from pg_class c"
                    + " join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and"
                    + USER_SCHEMA + notOfExtension("pg_class", "c.oid"),
            "select 'sequence ' || schemaname || '.' || sequencename || ' ' || data_type || ' start ' || start_value"
                    + " || ' min ' || min_value || ' max ' || max_value || ' by ' || increment_by || ' cycle ' || cycle"
                    + " from pg_sequences",
            "select 'function ' || pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
                    + " where p.prokind in ('f', 'p') and" + USER_SCHEMA + notOfExtension("pg_proc", "p.oid"),
            "select 'trigger ' || pg_get_triggerdef(g.oid) || ' enabled ' || g.tgenabled from pg_trigger g"
                    + " join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace"
                    + " where not g.tgisinternal and" + USER_SCHEMA,
            "select 'policy ' || schemaname || '.' || tablename || '.' || policyname || ' ' || permissive || ' '"
                    + " || cmd || ' to ' || roles::text || ' using ' || coalesce(qual, '') || ' check '"
                    + " || coalesce(with_check, '') from pg_policies",
            "select 'enum ' || n.nspname || '.' || t.typname || ' ' || string_agg(quote_literal(e.enumlabel), ', '"
                    + " order by e.enumsortorder) from pg_type t join pg_enum e on e.enumtypid = t.oid"
                    + " join pg_namespace n on n.oid = t.typnamespace where" + USER_SCHEMA
                    + notOfExtension("pg_type", "t.oid") + " group by n.nspname, t.typname",
            "select 'domain ' || n.nspname || '.' || t.typname || ' ' || format_type(t.typbasetype, t.typtypmod)"
                    + " || case when t.typnotnull then ' not null' else '' end || coalesce(' default ' || t.typdefault, '')"
                    + " from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'd' and"
                    + USER_SCHEMA + notOfExtension("pg_type", "t.oid"),
            "select 'comment ' || pg_describe_object(d.classoid, d.objoid, d.objsubid) || ' ' || d.description"
                    + " from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass"
                    + " join pg_namespace n on n.oid = c.relnamespace where" + USER_SCHEMA
                    + notOfExtension("pg_class", "c.oid"));

    private static String notOfExtension(String classOid, String oid) {
        return " and not exists (select 1 from pg_depend x where x.classid = '" + classOid
                + "'::regclass and x.objid = " + oid + " and x.deptype = 'e') ";
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
