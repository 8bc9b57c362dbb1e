package dev.wellhead.jdbc.internal;

import java.util.List;

/**
 * The queries by which a schema of PostgreSQL is made again. Each of {@link #OBJECTS} returns what finds an object again in
 * dependencies (a letter for its catalogue, and its number), its rank among those that depend on nothing of each other, its
 * name, and the statement that makes it. Placeholders are those of {@link SchemaQueries}; columns that not every version has are read through
 * {@code to_jsonb}.
 */
public final class DdlQueries {
    /** From this rank on objects are made once the rows are there. */
    public static final int AFTER = 10;

    /** Objects of kinds that are not taken along: kind and name. */
    public static final String REFUSED = SchemaQueries.expanded("""
            select 'foreign table', c.oid::regclass::text from pg_class c where c.relkind = 'f'
            union all select 'foreign-data wrapper', w.fdwname from pg_foreign_data_wrapper w
                where {own:pg_foreign_data_wrapper:w.oid}
            union all select 'foreign server', s.srvname from pg_foreign_server s where {own:pg_foreign_server:s.oid}
            union all select 'aggregate', p.oid::regprocedure::text from pg_proc p where p.prokind = 'a'
                and p.oid >= 16384 and {own:pg_proc:p.oid}
            union all select 'operator', o.oid::regoperator::text from pg_operator o where o.oid >= 16384
                and {own:pg_operator:o.oid}
            union all select 'operator class', o.opcname from pg_opclass o where o.oid >= 16384 and {own:pg_opclass:o.oid}
            union all select 'operator family', o.opfname from pg_opfamily o where o.oid >= 16384
                and {own:pg_opfamily:o.oid}
            union all select 'cast', format_type(c.castsource, null) || ' as ' || format_type(c.casttarget, null)
                from pg_cast c where c.oid >= 16384 and {own:pg_cast:c.oid} and not exists (select 1 from pg_depend i
                where i.classid = 'pg_cast'::regclass and i.objid = c.oid and i.deptype = 'i')
            union all select 'conversion', c.conname from pg_conversion c where c.oid >= 16384 and {own:pg_conversion:c.oid}
            union all select 'text search configuration', c.cfgname from pg_ts_config c where c.oid >= 16384
                and {own:pg_ts_config:c.oid}
            union all select 'text search dictionary', d.dictname from pg_ts_dict d where d.oid >= 16384
                and {own:pg_ts_dict:d.oid}
            union all select 'text search parser', p.prsname from pg_ts_parser p where p.oid >= 16384
                and {own:pg_ts_parser:p.oid}
            union all select 'text search template', t.tmplname from pg_ts_template t where t.oid >= 16384
                and {own:pg_ts_template:t.oid}
            union all select 'language', l.lanname from pg_language l where l.oid >= 16384 and {own:pg_language:l.oid}
            union all select 'transform', t.oid::text from pg_transform t where t.oid >= 16384 and {own:pg_transform:t.oid}
            union all select 'access method', a.amname from pg_am a where a.oid >= 16384 and {own:pg_am:a.oid}
            union all select 'event trigger', e.evtname from pg_event_trigger e where {own:pg_event_trigger:e.oid}
            union all select 'publication', p.pubname from pg_publication p where {own:pg_publication:p.oid}
            union all select 'base type', t.oid::regtype::text from pg_type t join pg_namespace n on n.oid = t.typnamespace
                where t.typtype = 'b' and t.typelem = 0 and t.oid >= 16384 and {user} and {own:pg_type:t.oid}
            union all select 'shell type', t.oid::regtype::text from pg_type t where t.typtype = 'p' and t.oid >= 16384
                and {own:pg_type:t.oid}
            union all select 'range with a canonical function', r.rngtypid::regtype::text from pg_range r
                where r.rngcanonical <> 0 and r.rngtypid >= 16384 and {own:pg_type:r.rngtypid}
            union all select 'typed table', c.oid::regclass::text from pg_class c where c.reloftype <> 0
            union all select 'relation in a tablespace', c.oid::regclass::text from pg_class c join pg_namespace n
                on n.oid = c.relnamespace where c.reltablespace <> 0 and {user}
            union all select 'table of its own access method', c.oid::regclass::text from pg_class c join pg_am a
                on a.oid = c.relam where c.relkind in ('r', 'm') and a.amname <> 'heap'
            union all select 'invalid index', i.indexrelid::regclass::text from pg_index i where not i.indisvalid
            """);

    private static final String SEQUENCE = """
            ' start with ' || s.seqstart || ' increment by ' || s.seqincrement || ' minvalue ' || s.seqmin
                || ' maxvalue ' || s.seqmax || ' cache ' || s.seqcache
                || case when s.seqcycle then ' cycle' else ' no cycle' end""";

    private static final String COLUMNS = """
            (select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                || case to_jsonb(a) ->> 'attcompression' when 'p' then ' compression pglz' when 'l' then ' compression lz4'
                    else '' end
                || coalesce(' collate ' || nullif(a.attcollation, t.typcollation)::regcollation::text, '')
                || case when c.relispartition then '' else coalesce((
                    select case a.attidentity when 'a' then ' generated always' else ' generated by default' end
                        || ' as identity (sequence name ' || s.seqrelid::regclass::text || SEQUENCE || ')'
                    from pg_depend x join pg_sequence s on s.seqrelid = x.objid
                    where x.classid = 'pg_class'::regclass and x.refclassid = 'pg_class'::regclass
                        and x.refobjid = c.oid and x.refobjsubid = a.attnum and x.deptype = 'i'), '') end
                || coalesce(case a.attgenerated when 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid)
                        || ') stored'
                    when 'v' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') virtual'
                    else ' default ' || pg_get_expr(d.adbin, d.adrelid) end, '')
                || case when not a.attnotnull then '' else coalesce((
                    select ' constraint ' || quote_ident(k.conname) || ' not null'
                        || case when k.connoinherit then ' no inherit' else '' end
                    from pg_constraint k where k.conrelid = c.oid and k.contype = 'n' and k.conkey = array[a.attnum]
                        and k.convalidated), ' not null') end,
                ', ' order by a.attnum)
            from pg_attribute a join pg_type t on t.oid = a.atttypid
                left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and (a.attislocal or c.relispartition))""".replace("SEQUENCE", SEQUENCE);

    private static final String OPTIONS = """
            coalesce(' with (' || (select string_agg(o, ', ') from (
                select unnest(c.reloptions) as o union all
                select 'toast.' || unnest(b.reloptions) from pg_class b where b.oid = c.reltoastrelid) all_options)
                || ')', '')""";

    /** All objects that are taken along. */
    public static final List<String> OBJECTS = List.of(
                    """
                    select 'n' || n.oid, 0, n.nspname, 'create schema if not exists ' || quote_ident(n.nspname) from pg_namespace n
                    where n.oid >= 16384 and {user} and {own:pg_namespace:n.oid}
                    """,
                    """
                    select 'e' || e.oid, 1, e.extname,
                        'create extension if not exists ' || quote_ident(e.extname) || ' with schema ' || quote_ident(n.nspname)
                    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname <> 'plpgsql'
                    """,
                    """
                    select 'o' || o.oid, 2, o.collname, 'create collation ' || quote_ident(n.nspname) || '.'
                        || quote_ident(o.collname) || ' (provider = ' || case o.collprovider when 'i' then 'icu' when 'b' then
                            'builtin' else 'libc' end
                        || case when o.collprovider = 'c' then ', lc_collate = ' || quote_literal(o.collcollate)
                            || ', lc_ctype = ' || quote_literal(o.collctype)
                            else ', locale = ' || quote_literal(coalesce(to_jsonb(o) ->> 'colllocale',
                                to_jsonb(o) ->> 'colliculocale', o.collcollate)) end
                        || coalesce(', rules = ' || quote_literal(to_jsonb(o) ->> 'collicurules'), '')
                        || case when o.collisdeterministic then '' else ', deterministic = false' end || ')'
                    from pg_collation o join pg_namespace n on n.oid = o.collnamespace
                    where o.oid >= 16384 and {user} and {own:pg_collation:o.oid}
                    """,
                    """
                    select 't' || t.oid, 3, t.typname, 'create type ' || t.oid::regtype || ' as enum (' || coalesce((
                        select string_agg(quote_literal(l.enumlabel), ', ' order by l.enumsortorder) from pg_enum l
                        where l.enumtypid = t.oid), '') || ')'
                    from pg_type t join pg_namespace n on n.oid = t.typnamespace
                    where t.typtype = 'e' and {user} and {own:pg_type:t.oid}
                    """,
                    """
                    select 't' || t.oid, 3, t.typname, 'create type ' || t.oid::regtype || ' as (' || coalesce((
                        select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                            || coalesce(' collate ' || nullif(a.attcollation, y.typcollation)::regcollation::text, ''),
                            ', ' order by a.attnum)
                        from pg_attribute a join pg_type y on y.oid = a.atttypid
                        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '') || ')'
                    from pg_class c join pg_type t on t.oid = c.reltype join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind = 'c' and {user} and {own:pg_class:c.oid}
                    """,
                    """
                    select 't' || t.oid, 3, t.typname, 'create domain ' || t.oid::regtype || ' as '
                        || format_type(t.typbasetype, t.typtypmod)
                        || coalesce(' collate ' || nullif(t.typcollation, b.typcollation)::regcollation::text, '')
                        || coalesce(' default ' || pg_get_expr(t.typdefaultbin, 0), '')
                        || case when t.typnotnull then coalesce((select ' constraint ' || quote_ident(k.conname) || ' not null'
                            from pg_constraint k where k.contypid = t.oid and k.contype = 'n'), ' not null') else '' end
                        || coalesce((select string_agg(' constraint ' || quote_ident(k.conname) || ' '
                            || pg_get_constraintdef(k.oid), '' order by k.conname)
                            from pg_constraint k where k.contypid = t.oid and k.contype = 'c' and k.convalidated), '')
                    from pg_type t join pg_type b on b.oid = t.typbasetype join pg_namespace n on n.oid = t.typnamespace
                    where t.typtype = 'd' and {user} and {own:pg_type:t.oid}
                    """,
                    """
                    select 't' || t.oid, 3, t.typname, 'create type ' || t.oid::regtype || ' as range (subtype = '
                        || format_type(r.rngsubtype, null)
                        || case when o.opcdefault then '' else ', subtype_opclass = ' || quote_ident(on_.nspname) || '.'
                            || quote_ident(o.opcname) end
                        || coalesce(', collation = ' || nullif(r.rngcollation, b.typcollation)::regcollation::text, '')
                        || coalesce(', subtype_diff = ' || nullif(r.rngsubdiff::oid, 0)::regproc::text, '')
                        || coalesce(', multirange_type_name = ' || (select quote_ident(mn.nspname) || '.' || quote_ident(m.typname)
                            from pg_type m join pg_namespace mn on mn.oid = m.typnamespace
                            where m.oid = (to_jsonb(r) ->> 'rngmultitypid')::oid), '') || ')'
                    from pg_range r join pg_type t on t.oid = r.rngtypid join pg_type b on b.oid = r.rngsubtype
                        join pg_opclass o on o.oid = r.rngsubopc join pg_namespace on_ on on_.oid = o.opcnamespace
                        join pg_namespace n on n.oid = t.typnamespace
                    where {user} and {own:pg_type:t.oid}
                    """,
                    """
                    select 'p' || p.oid, 4, p.proname, pg_get_functiondef(p.oid)
                    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                    where p.prokind <> 'a' and {user} and {own:pg_proc:p.oid}
                        and not exists (select 1 from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid
                            and i.deptype = 'i')
                    """,
                    """
                    select 'c' || c.oid, 5, c.relname, 'create ' || case c.relpersistence when 'u' then 'unlogged ' else '' end
                        || 'sequence ' || c.oid::regclass || ' as ' || format_type(s.seqtypid, null) || SEQUENCE
                    from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
                    where c.relpersistence <> 't' and {user} and {own:pg_class:c.oid}
                        and not exists (select 1 from pg_depend i where i.classid = 'pg_class'::regclass and i.objid = c.oid
                            and i.deptype = 'i')
                    """.replace("SEQUENCE", SEQUENCE),
                    """
                    select 'c' || c.oid, 6, c.relname, 'create ' || case c.relpersistence when 'u' then 'unlogged ' else '' end
                        || 'table ' || c.oid::regclass || ' (' || concat_ws(', ', COLUMNS, (
                            select string_agg('constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid),
                                ', ' order by k.conname)
                            from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.convalidated
                                and (k.conislocal or c.relispartition))) || ')'
                        || case when c.relispartition then '' else coalesce(' inherits (' || (
                            select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno) from pg_inherits i
                            where i.inhrelid = c.oid) || ')', '') end
                        || coalesce(' partition by ' || pg_get_partkeydef(c.oid), '') || OPTIONS
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind in ('r', 'p') and c.relpersistence <> 't' and {user} and {own:pg_class:c.oid}
                    """.replace("COLUMNS", COLUMNS).replace("OPTIONS", OPTIONS),
                    """
                    select 'c' || c.oid, 7, c.relname, 'create view ' || c.oid::regclass || OPTIONS || ' as '
                        || pg_get_viewdef(c.oid)
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind = 'v' and c.relpersistence <> 't' and {user} and {own:pg_class:c.oid}
                    """.replace("OPTIONS", OPTIONS),
                    """
                    select 'c' || c.oid, 8, c.relname, 'create materialized view ' || c.oid::regclass || OPTIONS || ' as '
                        || rtrim(pg_get_viewdef(c.oid), ';') || ' with no data'
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind = 'm' and {user} and {own:pg_class:c.oid}
                    """.replace("OPTIONS", OPTIONS),
                    """
                    select 'k' || k.oid, 10, k.conname, 'alter table only ' || c.oid::regclass || ' add constraint '
                        || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
                    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
                    where k.contype in ('p', 'u', 'x') and {user} and {own:pg_class:c.oid}
                    """,
                    """
                    select 'c' || i.indexrelid, 11, c.relname, pg_get_indexdef(i.indexrelid)
                    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class r on r.oid = i.indrelid
                        join pg_namespace n on n.oid = r.relnamespace
                    where r.relpersistence <> 't' and {user} and {own:pg_class:r.oid}
                        and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid
                            and k.contype in ('p', 'u', 'x'))
                    """,
                    """
                    select 'k' || k.oid, 12, k.conname, 'alter table ' || c.oid::regclass || ' add constraint '
                        || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
                    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
                    where k.contype = 'f' and k.conparentid = 0 and {user} and {own:pg_class:c.oid}
                    """,
                    """
                    select 's' || s.oid, 13, s.stxname, pg_get_statisticsobjdef(s.oid)
                    from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
                    where {user} and {own:pg_statistic_ext:s.oid}
                    """,
                    """
                    select 'r' || w.oid, 14, w.rulename, pg_get_ruledef(w.oid)
                    from pg_rewrite w join pg_class c on c.oid = w.ev_class join pg_namespace n on n.oid = c.relnamespace
                    where w.rulename <> '_RETURN' and {user} and {own:pg_class:c.oid}
                    """,
                    """
                    select 'g' || g.oid, 15, g.tgname, pg_get_triggerdef(g.oid)
                    from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
                    where not g.tgisinternal and g.tgparentid = 0
                        and {user} and {own:pg_class:c.oid}
                    """,
                    """
                    select 'l' || l.oid, 16, l.polname, 'create policy ' || quote_ident(l.polname) || ' on ' || c.oid::regclass
                        || case when l.polpermissive then '' else ' as restrictive' end
                        || case l.polcmd when 'r' then ' for select' when 'a' then ' for insert' when 'w' then ' for update'
                            when 'd' then ' for delete' else '' end
                        || ' to ' || (select string_agg(case when r = 0 then 'public' else r::regrole::text end, ', ')
                            from unnest(l.polroles) r)
                        || coalesce(' using (' || pg_get_expr(l.polqual, l.polrelid) || ')', '')
                        || coalesce(' with check (' || pg_get_expr(l.polwithcheck, l.polrelid) || ')', '')
                    from pg_policy l join pg_class c on c.oid = l.polrelid join pg_namespace n on n.oid = c.relnamespace
                    where {user} and {own:pg_class:c.oid}
                    """)
            .stream()
            .map(SchemaQueries::expanded)
            .toList();

    /** By what else an object is found in dependencies: that, and what {@link #OBJECTS} has. */
    public static final String ALIASES = """
            select 't' || c.reltype, case when c.relkind = 'c' then 't' || c.reltype else 'c' || c.oid end from pg_class c
                where c.reltype <> 0
            union all select 'c' || c.oid, 't' || c.reltype from pg_class c where c.relkind = 'c'
            union all select 't' || t.typarray, case when c.relkind in ('r', 'p', 'v', 'm') then 'c' || c.oid else 't' || t.oid end
                from pg_type t left join pg_class c on c.oid = t.typrelid where t.typarray <> 0
            union all select 't' || m.oid, 't' || r.rngtypid from pg_range r
                join pg_type m on m.oid = (to_jsonb(r) ->> 'rngmultitypid')::oid
            union all select 'd' || d.oid, 'c' || d.adrelid from pg_attrdef d
            union all select 'k' || k.oid, 'c' || k.conrelid from pg_constraint k where k.contype = 'c' and k.conrelid <> 0
            union all select 'k' || k.oid, 't' || k.contypid from pg_constraint k where k.contypid <> 0
            union all select 'c' || k.conindid, 'k' || k.oid from pg_constraint k where k.contype in ('p', 'u', 'x')
            union all select 'r' || w.oid, 'c' || w.ev_class from pg_rewrite w where w.rulename = '_RETURN'
            union all select 'c' || x.objid, 'c' || x.refobjid from pg_depend x
                where x.classid = 'pg_class'::regclass and x.refclassid = 'pg_class'::regclass and x.deptype = 'i'
                    and x.refobjsubid > 0
            union all select a.letter || x.objid, 'e' || x.refobjid from pg_depend x join LETTERS on a.class = x.classid
                where x.deptype = 'e'""".replace("LETTERS", letters("a"));

    /** Which object must be there before which: the later, the earlier. */
    public static final String DEPENDENCIES =
            """
            select distinct a.letter || x.objid, b.letter || x.refobjid
            from pg_depend x join LETTERS on a.class = x.classid join OTHERS on b.class = x.refclassid
            where x.deptype in ('n', 'a', 'i') and x.refobjid >= 16384 and not (x.deptype in ('a', 'i')
                and x.classid = 'pg_class'::regclass and exists (select 1 from pg_sequence s where s.seqrelid = x.objid))""".replace("LETTERS", letters("a")).replace("OTHERS", letters("b"));

    private static final String COLUMN_SETTINGS = """
                    select 'alter table only ' || c.oid::regclass || ' alter column ' || quote_ident(a.attname) || words
                    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
                        join pg_type t on t.oid = a.atttypid cross join lateral (values
                        (' set storage ' || case nullif(a.attstorage, t.typstorage) when 'p' then 'plain' when 'e' then 'external'
                            when 'x' then 'extended' when 'm' then 'main' end),
                        (' set statistics ' || nullif(a.attstattarget, -1)),
                        (' set (' || array_to_string(a.attoptions, ', ') || ')')) as w (words)
                    where c.relkind in (KINDS) and a.attnum > 0 and not a.attisdropped and words is not null
                        and {user} and {own:pg_class:c.oid}
                    """;

    /** What completes tables and their kind before there are rows, in this order. */
    public static final List<String> FINISHING =
            List.of("""
                    select 'alter table only ' || i.inhparent::regclass || ' attach partition ' || c.oid::regclass || ' '
                        || pg_get_expr(c.relpartbound, c.oid)
                    from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_namespace n on n.oid = c.relnamespace
                    where c.relispartition and c.relkind in ('r', 'p') and {user} and {own:pg_class:c.oid} order by c.oid
                    """, """
                    select 'alter sequence ' || c.oid::regclass || ' owned by ' || x.refobjid::regclass || '.' || quote_ident(a.attname)
                    from pg_class c join pg_depend x on x.classid = 'pg_class'::regclass and x.objid = c.oid and x.deptype = 'a'
                        join pg_attribute a on a.attrelid = x.refobjid and a.attnum = x.refobjsubid
                        join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind = 'S' and x.refclassid = 'pg_class'::regclass and {user} and {own:pg_class:c.oid}
                    """, COLUMN_SETTINGS.replace("KINDS", "'r', 'p'")).stream()
                    .map(SchemaQueries::expanded)
                    .toList();

    /** What completes the indexes of partitioned tables, which foreign keys then need. */
    public static final List<String> COMPLETING =
            List.of("""
                    select 'alter index ' || i.inhparent::regclass || ' attach partition ' || c.oid::regclass
                    from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind in ('i', 'I') and {user} order by c.oid
                    """).stream().map(SchemaQueries::expanded).toList();

    /** The materialized views that hold rows: what finds them among the objects, and the statement that fills them. */
    public static final String FILLING = SchemaQueries.expanded("""
            select 'c' || c.oid, 'refresh materialized view ' || c.oid::regclass from pg_class c
                join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'm' and c.relispopulated and {user} and {own:pg_class:c.oid}
            """);

    /** What comes last of all, once every object is there and no row is loaded any more; in this order. */
    public static final List<String> LAST =
            List.of("""
                    select 'alter index ' || c.oid::regclass || ' set (' || array_to_string(c.reloptions, ', ') || ')'
                    from pg_class c join pg_constraint k on k.conindid = c.oid and k.contype in ('p', 'u', 'x')
                        join pg_namespace n on n.oid = c.relnamespace
                    where c.reloptions is not null and {user} and {own:pg_class:k.conrelid}
                    """, """
                    select 'alter index ' || c.oid::regclass || ' alter column ' || a.attnum || ' set statistics ' || a.attstattarget
                    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_index i on i.indexrelid = c.oid
                        join pg_namespace n on n.oid = c.relnamespace
                    where a.attstattarget >= 0 and {user} and {own:pg_class:i.indrelid}
                    """, """
                    select 'alter table ' || i.indrelid::regclass || ' cluster on ' || quote_ident(c.relname)
                    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
                    where i.indisclustered and {user} and {own:pg_class:i.indrelid}
                    """, """
                    select 'alter table only ' || c.oid::regclass || ' replica identity ' || case c.relreplident when 'f' then 'full'
                        when 'n' then 'nothing' else 'using index ' || (select quote_ident(x.relname) from pg_index i
                            join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and i.indisreplident) end
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind in ('r', 'p', 'm') and c.relreplident <> 'd' and {user} and {own:pg_class:c.oid}
                    """, COLUMN_SETTINGS.replace("KINDS", "'m'"), """
                    select 'alter table ' || c.oid::regclass || ' alter column ' || quote_ident(a.attname) || ' set default '
                        || pg_get_expr(d.adbin, d.adrelid)
                    from pg_attrdef d join pg_class c on c.oid = d.adrelid
                        join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum
                        join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind = 'v' and {user} and {own:pg_class:c.oid}
                    """, """
                    select 'alter ' || case when k.conrelid = 0 then 'domain ' || k.contypid::regtype
                            else 'table only ' || k.conrelid::regclass end
                        || ' add constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
                    from pg_constraint k join pg_namespace n on n.oid = k.connamespace
                    where k.contype in ('c', 'n') and not k.convalidated and k.conislocal and {user}
                        and {own:pg_class:k.conrelid} and {own:pg_type:k.contypid}
                    """, """
                    select 'alter statistics ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname) || ' set statistics '
                        || s.stxstattarget
                    from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
                    where s.stxstattarget >= 0 and {user} and {own:pg_statistic_ext:s.oid}
                    """, """
                    select 'alter table ' || c.oid::regclass || case g.tgenabled when 'D' then ' disable' when 'A' then ' enable always'
                        when 'R' then ' enable replica' else ' enable' end || ' trigger ' || quote_ident(g.tgname)
                    from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
                        left join pg_trigger above on above.oid = g.tgparentid
                    where {trigger} and g.tgenabled <> coalesce(above.tgenabled, 'O') and {user} and {own:pg_class:c.oid}
                    order by c.oid
                    """, """
                    select 'alter table ' || c.oid::regclass || case w.ev_enabled when 'D' then ' disable' when 'A' then ' enable always'
                        else ' enable replica' end || ' rule ' || quote_ident(w.rulename)
                    from pg_rewrite w join pg_class c on c.oid = w.ev_class join pg_namespace n on n.oid = c.relnamespace
                    where w.ev_enabled <> 'O' and {user} and {own:pg_class:c.oid}
                    """, """
                    select 'alter table ' || c.oid::regclass || words || ' row level security'
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral (values
                        (case when c.relrowsecurity then ' enable' end), (case when c.relforcerowsecurity then ' force' end))
                        as w (words)
                    where words is not null and {user} and {own:pg_class:c.oid}
                    """, """
                    select 'comment on ' || kind || ' ' || case when i.type = 'domain constraint'
                            then regexp_replace(i.identity, ' on ', ' on domain ') else i.identity end
                        || ' is ' || quote_literal(d.description)
                    from pg_description d cross join lateral pg_identify_object(d.classoid, d.objoid, d.objsubid) i
                        cross join lateral (values (case
                            when i.type in ('table column', 'view column', 'materialized view column', 'composite type column')
                                then 'column'
                            when i.type in ('table constraint', 'domain constraint') then 'constraint'
                            when i.type = 'composite type' then 'type'
                            when i.type = 'statistics object' then 'statistics'
                            when i.type in ('table', 'view', 'materialized view', 'index', 'sequence', 'type', 'function',
                                'procedure', 'schema', 'collation', 'trigger', 'policy', 'rule') then i.type end)) as k (kind)
                    where d.objoid >= 16384 and kind is not null and not exists (select 1 from pg_depend x
                        where x.classid = d.classoid and x.objid = d.objoid and x.deptype = 'e')
                    order by d.classoid, d.objoid, d.objsubid
                    """)
                    .stream()
                    .map(SchemaQueries::expanded)
                    .toList();

    private DdlQueries() {}

    private static String letters(String alias) {
        return """
                (values ('pg_namespace'::regclass, 'n'), ('pg_extension'::regclass, 'e'), ('pg_collation'::regclass, 'o'),
                    ('pg_type'::regclass, 't'), ('pg_proc'::regclass, 'p'), ('pg_class'::regclass, 'c'),
                    ('pg_attrdef'::regclass, 'd'), ('pg_constraint'::regclass, 'k'), ('pg_rewrite'::regclass, 'r'),
                    ('pg_trigger'::regclass, 'g'), ('pg_policy'::regclass, 'l'), ('pg_statistic_ext'::regclass, 's'))
                as ALIAS (class, letter)""".replace("ALIAS", alias);
    }
}
