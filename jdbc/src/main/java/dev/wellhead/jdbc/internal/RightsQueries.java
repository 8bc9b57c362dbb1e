package dev.wellhead.jdbc.internal;

/**
 * The queries for owners, privileges and settings on PostgreSQL. What differs from what an object of its kind has when nothing was granted or revoked is
 * told; so the same is told on every release, though the rights that there are differ.
 */
public final class RightsQueries {
    // Sequences that belong to a column have its table's owner, and since version 17 multiranges that of their range.
    private static final String THINGS = """
            with owned (class, id, owner, acl, letter) as (
                select 'pg_class'::regclass, c.oid, c.relowner, c.relacl, case c.relkind when 'S' then 's' else 'r' end
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and c.relpersistence <> 't'
                        and {user} and {own:pg_class:c.oid}
                union all select 'pg_proc'::regclass, p.oid, p.proowner, p.proacl, 'f'
                    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {user} and {own:pg_proc:p.oid}
                union all select 'pg_type'::regclass, t.oid, t.typowner, t.typacl, 'T'
                    from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
                    where (t.typtype in ('e', 'd', 'r') or (t.typtype = 'm'
                        and current_setting('server_version_num')::integer < 170000) or c.relkind = 'c' or t.typtype = 'b' and not exists (
                        select 1 from pg_type e where e.typarray = t.oid)) and {user} and {own:pg_type:t.oid}
                union all select 'pg_namespace'::regclass, n.oid, n.nspowner, n.nspacl, 'n'
                    from pg_namespace n where (n.oid >= 16384 or n.nspname = 'public') and {user}
                        and {own:pg_namespace:n.oid}
                union all select 'pg_largeobject'::regclass, l.oid, l.lomowner, l.lomacl, 'L' from pg_largeobject_metadata l
                union all select 'pg_language'::regclass, l.oid, l.lanowner, l.lanacl, 'l'
                    from pg_language l where l.oid >= 16384 and {own:pg_language:l.oid}
                union all select 'pg_foreign_data_wrapper'::regclass, w.oid, w.fdwowner, w.fdwacl, 'F'
                    from pg_foreign_data_wrapper w where {own:pg_foreign_data_wrapper:w.oid}
                union all select 'pg_foreign_server'::regclass, s.oid, s.srvowner, s.srvacl, 'S'
                    from pg_foreign_server s where {own:pg_foreign_server:s.oid}
                union all select 'pg_collation'::regclass, o.oid, o.collowner, null, null from pg_collation o
                    where o.oid >= 16384 and {own:pg_collation:o.oid}
                union all select 'pg_statistic_ext'::regclass, s.oid, s.stxowner, null, null from pg_statistic_ext s
                    where {own:pg_statistic_ext:s.oid}
                union all select 'pg_operator'::regclass, o.oid, o.oprowner, null, null from pg_operator o
                    where o.oid >= 16384 and {own:pg_operator:o.oid}
                union all select 'pg_opclass'::regclass, o.oid, o.opcowner, null, null from pg_opclass o
                    where o.oid >= 16384 and {own:pg_opclass:o.oid}
                union all select 'pg_opfamily'::regclass, o.oid, o.opfowner, null, null from pg_opfamily o
                    where o.oid >= 16384 and {own:pg_opfamily:o.oid}
                union all select 'pg_conversion'::regclass, c.oid, c.conowner, null, null from pg_conversion c
                    where c.oid >= 16384 and {own:pg_conversion:c.oid}
                union all select 'pg_ts_dict'::regclass, d.oid, d.dictowner, null, null from pg_ts_dict d
                    where d.oid >= 16384 and {own:pg_ts_dict:d.oid}
                union all select 'pg_ts_config'::regclass, c.oid, c.cfgowner, null, null from pg_ts_config c
                    where c.oid >= 16384 and {own:pg_ts_config:c.oid}
                union all select 'pg_event_trigger'::regclass, e.oid, e.evtowner, null, null from pg_event_trigger e
                    where {own:pg_event_trigger:e.oid}
                union all select 'pg_publication'::regclass, p.oid, p.pubowner, null, null from pg_publication p
                    where {own:pg_publication:p.oid}),
            things as (
                select o.*, i.identity, i.type, i.type = 'schema' and i.identity = 'public' as is_public,
                    case when i.type in ('function', 'procedure', 'aggregate') then 'routine'
                        when i.type = 'composite type' then 'type'
                        when i.type = 'statistics object' then 'statistics'
                        when i.type = 'foreign-data wrapper' then 'foreign data wrapper'
                        else i.type end as noun
                from owned o cross join lateral pg_identify_object(o.class, o.id, 0) i)
            """;

    /**
     * Who owns what, schemas first: the statement, the role, and whether it is the schema public, which each new
     * database has.
     */
    public static final String OWNERS = SchemaQueries.expanded(THINGS + """
            select format('alter %s %s owner to %s', noun, identity, owner::regrole), owner::regrole::text, is_public
            from things t
            where not (class = 'pg_class'::regclass and exists (select 1 from pg_depend x
                where x.classid = 'pg_class'::regclass and x.objid = t.id and x.deptype in ('a', 'i')
                    and x.refclassid = 'pg_class'::regclass and x.refobjsubid > 0
                    and exists (select 1 from pg_sequence s where s.seqrelid = t.id)))
            order by noun <> 'schema', 1
            """);

    // In each list of rights a grantor comes before those to whom its own grants reach. A statement is cut where the
    // name of the database stands, if it is one on the database itself.
    private static final String STATEMENTS = """
            select actor || head || case when turn = 0 then 'revoke ' else 'grant ' end || rights || noun,
                case when turn = 0 then ' from ' || grantee else ' to ' || grantee || options end || act_end,
                actor || head || case when turn = 0 then 'grant ' else 'revoke ' end || rights || noun
                    || case when turn = 0 then ' to ' || grantee else ' from ' || grantee || ' cascade' end || act_end,
                grantee, acting
            from granted g cross join lateral (
                select 0 as turn, e.grantor, e.grantee as to_id, '' as options, string_agg(
                        e.privilege_type || case when g.col = '' then '' else ' (' || g.col || ')' end, ', '
                        order by e.privilege_type) as rights, 0::bigint as place
                from (select * from aclexplode(g.usual) except select * from aclexplode(g.acl)) e
                group by e.grantor, e.grantee, e.is_grantable
                union all
                select 1, e.grantor, e.grantee, case when e.is_grantable then ' with grant option' else '' end, string_agg(
                        e.privilege_type || case when g.col = '' then '' else ' (' || g.col || ')' end, ', '
                        order by e.privilege_type), min(e.place)
                from aclexplode(g.acl) with ordinality e (grantor, grantee, privilege_type, is_grantable, place)
                where not exists (select 1 from aclexplode(g.usual) u where u.grantor = e.grantor and u.grantee = e.grantee
                    and u.privilege_type = e.privilege_type and u.is_grantable = e.is_grantable)
                group by e.grantor, e.grantee, e.is_grantable) d
            cross join lateral (select
                case when to_id = 0 then 'public' else to_id::regrole::text end as grantee,
                case when head <> '' then owner::regrole::text when grantor = owner then '' else grantor::regrole::text end
                    as acting,
                case when grantor = owner then '' else 'set role ' || grantor::regrole || '; ' end as actor,
                case when grantor = owner then '' else '; reset role' end as act_end) r
            order by noun, col, turn, place, 1, 2
            """;

    /**
     * Who may do what with objects: the statement in two halves, what undoes it, the role that it is given to, and the role
     * that gives it if that is not the owner.
     */
    public static final String GRANTS = SchemaQueries.expanded(THINGS + """
            , granted (head, noun, col, owner, acl, usual) as (
                select '', ' on ' || case when type in ('table', 'view', 'materialized view', 'foreign table') then 'table'
                        when type = 'server' then 'foreign server' else noun end || ' ' || identity, '', owner,
                    coalesce(acl, acldefault(letter::"char", owner)), acldefault(letter::"char", owner)
                        || case when is_public then array[makeaclitem(0, owner, 'USAGE', false)] end
                from things where acl is not null or is_public
                union all
                select '', ' on table ' || t.identity, quote_ident(a.attname), t.owner, a.attacl, acldefault('c', t.owner)
                from things t join pg_attribute a on a.attrelid = t.id
                where t.class = 'pg_class'::regclass and a.attacl is not null and not a.attisdropped
                union all
                select 'alter default privileges for role ' || a.defaclrole::regrole
                        || coalesce(' in schema ' || quote_ident(n.nspname), '') || ' ',
                    ' on ' || case a.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'routines'
                        when 'T' then 'types' when 'n' then 'schemas' else 'large objects' end, '', a.defaclrole, a.defaclacl,
                    case when n.oid is null then acldefault(case a.defaclobjtype when 'S' then 's'
                        else a.defaclobjtype end, a.defaclrole) end
                from pg_default_acl a left join pg_namespace n on n.oid = a.defaclnamespace
                where n.nspname is null or {user})
            """ + STATEMENTS);

    /** As {@link #GRANTS}, on the database itself, whose name stands between the halves. */
    public static final String DATABASE_GRANTS = """
            with granted (head, noun, col, owner, acl, usual) as (
                select '', ' on database ', '', datdba, datacl, acldefault('d', datdba)
                from pg_database where datname = current_database() and datacl is not null)
            """ + STATEMENTS;

    /** Who owns the database. */
    public static final String DATABASE_OWNER =
            "select datdba::regrole::text from pg_database where datname = current_database()";

    /** What sessions in this database begin with: the role that it holds for or null, the name, the value. */
    public static final String SETTINGS = """
            select nullif(s.setrole, 0)::regrole::text, split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
            from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase cross join lateral unnest(s.setconfig) c
            where d.datname = current_database() order by 1 nulls first, 2
            """;

    /** The comment on the database. */
    public static final String COMMENT = """
            select shobj_description(oid, 'pg_database') from pg_database
            where datname = current_database() and shobj_description(oid, 'pg_database') is not null
            """;

    /** The roles that policies name, without which the schema itself cannot be made. */
    public static final String POLICY_ROLES = """
            select distinct r::regrole::text from pg_policy l cross join lateral unnest(l.polroles) r where r <> 0 order by 1
            """;

    private RightsQueries() {}
}
