package dev.wellhead.jdbc.internal;

import java.util.List;
import java.util.stream.Stream;

/**
 * The queries behind {@link Catalog#describe()}; each returns one text column, a line for each object of a kind.
 *
 * <p>{@code concat_ws} leaves nulls out and takes any type, the internal {@code "char"} included. {@code {user}} stands
 * for the condition on {@code n} that leaves the system's schemas out, {@code {own:CLASS:OID}} for the one that leaves
 * out what belongs to an extension.
 */
final class SchemaQueries {
    static final String USER_SCHEMA =
            "n.nspname not in ('pg_catalog', 'information_schema')" + " and n.nspname !~ '^pg_(toast|temp)'";

    static final List<String> POSTGRESQL = Stream.of(
                    """
                    select concat_ws(' ', 'schema', n.nspname)
                    from pg_namespace n where {user} and {own:pg_namespace:n.oid}
                    """,
                    """
                    select concat_ws(' ', 'extension', extname) from pg_extension where extname <> 'plpgsql'
                    """,
                    """
                    select concat_ws(' ', 'relation', n.nspname || '.' || c.relname, 'kind', c.relkind, c.relpersistence,
                        'rls', c.relrowsecurity, c.relforcerowsecurity, 'options ' || c.reloptions::text,
                        'partition ' || pg_get_expr(c.relpartbound, c.oid), 'by ' || pg_get_partkeydef(c.oid))
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and c.relpersistence <> 't'
                        and {user} and {own:pg_class:c.oid}
                    """,
                    // The rank among the living columns: a dropped one leaves a hole in attnum that means nothing.
                    """
                    select concat_ws(' ', 'column', n.nspname || '.' || c.relname || '.' || a.attname,
                        '#' || row_number() over (partition by c.oid order by a.attnum),
                        format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
                        'identity ' || nullif(a.attidentity::text, ''), 'generated ' || nullif(a.attgenerated::text, ''),
                        'default ' || pg_get_expr(d.adbin, d.adrelid),
                        'collate ' || nullif(a.attcollation, t.typcollation)::regcollation::text)
                    from pg_attribute a join pg_class c on c.oid = a.attrelid
                        join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid
                        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')
                        and c.relpersistence <> 't' and {user} and {own:pg_class:c.oid}
                    """,
                    // Since PostgreSQL 18 a NOT NULL is a constraint, too; the column's line has it already.
                    """
                    select concat_ws(' ', 'constraint', n.nspname || '.' || coalesce(c.relname || '.', '') || k.conname,
                        pg_get_constraintdef(k.oid))
                    from pg_constraint k join pg_namespace n on n.oid = k.connamespace
                        left join pg_class c on c.oid = k.conrelid
                    where k.contype <> 'n' and {user} and {own:pg_constraint:k.oid}
                    """,
                    """
                    select concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid),
                        case when not i.indisvalid then 'invalid' end)
                    from pg_index i join pg_class c on c.oid = i.indexrelid
                        join pg_namespace n on n.oid = c.relnamespace
                    where c.relpersistence <> 't' and {user} and {own:pg_class:i.indrelid}
                    """,
                    """
                    select concat_ws(' ', 'view', n.nspname || '.' || c.relname, pg_get_viewdef(c.oid))
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind in ('v', 'm') and {user} and {own:pg_class:c.oid}
                    """,
                    """
                    select concat_ws(' ', 'sequence', n.nspname || '.' || c.relname, format_type(s.seqtypid, null),
                        s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle)
                    from pg_sequence s join pg_class c on c.oid = s.seqrelid
                        join pg_namespace n on n.oid = c.relnamespace
                    where c.relpersistence <> 't' and {user} and {own:pg_class:c.oid}
                    """,
                    """
                    select concat_ws(' ', 'function', pg_get_functiondef(p.oid))
                    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                    where p.prokind in ('f', 'p') and {user} and {own:pg_proc:p.oid}
                    """,
                    """
                    select concat_ws(' ', 'trigger', pg_get_triggerdef(g.oid), 'enabled', g.tgenabled)
                    from pg_trigger g join pg_class c on c.oid = g.tgrelid
                        join pg_namespace n on n.oid = c.relnamespace
                    where not g.tgisinternal and {user}
                    """,
                    """
                    select concat_ws(' ', 'rule', pg_get_ruledef(r.oid), 'enabled', r.ev_enabled)
                    from pg_rewrite r join pg_class c on c.oid = r.ev_class
                        join pg_namespace n on n.oid = c.relnamespace
                    where r.rulename <> '_RETURN' and {user} and {own:pg_class:c.oid}
                    """,
                    """
                    select concat_ws(' ', 'policy', schemaname || '.' || tablename || '.' || policyname, permissive, cmd,
                        'to', roles::text, 'using ' || qual, 'check ' || with_check)
                    from pg_policies
                    """,
                    """
                    select concat_ws(' ', 'enum', n.nspname || '.' || t.typname,
                        string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder))
                    from pg_type t join pg_enum e on e.enumtypid = t.oid join pg_namespace n on n.oid = t.typnamespace
                    where {user} and {own:pg_type:t.oid} group by n.nspname, t.typname
                    """,
                    """
                    select concat_ws(' ', 'domain', n.nspname || '.' || t.typname,
                        format_type(t.typbasetype, t.typtypmod), case when t.typnotnull then 'not null' end,
                        'default ' || t.typdefault)
                    from pg_type t join pg_namespace n on n.oid = t.typnamespace
                    where t.typtype = 'd' and {user} and {own:pg_type:t.oid}
                    """,
                    """
                    select concat_ws(' ', 'comment', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description)
                    from pg_description d
                        join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
                        join pg_namespace n on n.oid = c.relnamespace
                    where {user} and {own:pg_class:c.oid}
                    """)
            .map(SchemaQueries::expanded)
            .toList();

    static final List<String> SQLITE = List.of(
            // Text as it was written, but for white space: SQLite keeps it, and so does a backup.
            """
            select type || ' ' || name || ': '
                || replace(replace(replace(coalesce(sql, ''), char(10), ' '), char(13), ' '), char(9), ' ')
            from sqlite_master where name not like 'sqlite\\_%' escape '\\'
            """);

    private SchemaQueries() {}

    /** Returns the query with its placeholders filled in. */
    static String expanded(String query) {
        return query.replace("{user}", USER_SCHEMA)
                .replaceAll(
                        "\\{own:(\\w+):([\\w.]+)}",
                        "not exists (select 1 from pg_depend x where x.classid = '$1'::regclass and x.objid = $2"
                                + " and x.deptype = 'e')");
    }
}
