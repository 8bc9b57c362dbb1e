package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is in a database of PostgreSQL, in lines, but the rows of those who write meanwhile. It shares nothing with the
 * code that is tested: rows are what the server prints, the schema is what its own functions say.
 */
final class PostgresContent {
    private static final String USER = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'";
    private static final String RELATIONS = " from pg_class c join pg_namespace n on n.oid = c.relnamespace where "
            + USER + " and c.relname !~ '^transfer_'";

    private static final List<String> SCHEMA = List.of(
            "select concat_ws(' ', 'relation', c.oid::regclass, c.relkind, c.relpersistence, c.relrowsecurity, c.relispopulated,"
                    + " pg_get_expr(c.relpartbound, c.oid), obj_description(c.oid, 'pg_class'))" + RELATIONS,
            "select concat_ws(' ', 'column', c.oid::regclass, row_number() over (partition by c.oid order by a.attnum),"
                    + " a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,"
                    + " a.attislocal, pg_get_expr(d.adbin, d.adrelid)) from pg_attribute a"
                    + " join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace"
                    + " left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum"
                    + " where a.attnum > 0 and not a.attisdropped and " + USER,
            "select concat_ws(' ', 'constraint', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))"
                    + " from pg_constraint k join pg_namespace n on n.oid = k.connamespace where " + USER,
            "select 'index ' || indexdef from pg_indexes join pg_namespace n on n.nspname = schemaname where " + USER,
            "select concat_ws(' ', 'trigger', t.tgenabled, pg_get_triggerdef(t.oid)) from pg_trigger t"
                    + " where not t.tgisinternal",
            "select 'policy ' || p::text from pg_policies p",
            "select concat_ws(' ', 'view', c.oid::regclass, pg_get_viewdef(c.oid))" + RELATIONS
                    + " and c.relkind in ('v', 'm')",
            "select concat_ws(' ', 'inherits', i.inhrelid::regclass, i.inhparent::regclass, i.inhseqno) from pg_inherits i",
            "select 'function ' || pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
                    + " where " + USER,
            "select concat_ws(' ', 'enum', e.enumtypid::regtype, row_number() over (partition by e.enumtypid"
                    + " order by e.enumsortorder), e.enumlabel) from pg_enum e",
            "select concat_ws(' ', 'type', t.oid::regtype, t.typtype, format_type(t.typbasetype, t.typtypmod))"
                    + " from pg_type t join pg_namespace n on n.oid = t.typnamespace where " + USER,
            "select concat_ws(' ', 'large object', oid, lo_get(oid)) from pg_largeobject_metadata",
            "select 'sequence ' || s::text from pg_sequences s");

    private PostgresContent() {}

    static List<String> of(DirectDataSource database) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set timezone = 'UTC'");
            for (String query : SCHEMA) {
                add(statement, query, lines);
            }
            List<String> relations = new ArrayList<>();
            add(
                    statement,
                    "select c.oid::regclass::text" + RELATIONS
                            + " and c.relkind in ('r', 'v', 'm') and c.relispopulated",
                    relations);
            for (String relation : relations) {
                String only = relation.startsWith("only ") ? "" : "only ";
                add(
                        statement,
                        "select concat_ws(' ', 'row', '" + relation.replace("'", "''") + "', t::text) from " + only
                                + relation + " t",
                        lines);
            }
        }
        lines.sort(null);
        return lines;
    }

    private static void add(Statement statement, String query, List<String> to) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                to.add(rows.getString(1));
            }
        }
    }
}
