package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.migrate.internal.SqlStatement;
import dev.wellhead.migrate.internal.SqlTokens;
import dev.wellhead.migrate.internal.SqlTokens.Name;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Asks PostgreSQL's catalogue. Names are resolved as the session resolves them at this moment. For one thread. */
final class PostgresProbe implements StatementProbe {
    private static final String STILL_AT_WORK = "select format('process %s (%s since %s): %s', pid, state,"
            + " to_char(query_start, 'YYYY-MM-DD HH24:MI:SS TZ'), left(query, 80)) from pg_catalog.pg_stat_activity"
            + " where pid || '@' || backend_start::text = ? and pid <> pg_backend_pid()";
    // An index that is not valid, of the table that is reindexed or whose index is, its partitions included; or of the
    // schema; or of the database.
    private static final String REINDEX_LEFTOVERS = """
            with asked as (select cast(? as text) as kind, cast(? as text) as name, to_regclass(?)::oid as relation),
            chosen as (select a.kind, a.name,
                case a.kind when 'INDEX' then (select indrelid from pg_catalog.pg_index where indexrelid = a.relation)
                    else a.relation end as relation from asked a)
            select format('drop index concurrently if exists %I.%I', n.nspname, c.relname)
            from chosen a, pg_catalog.pg_index i
            join pg_catalog.pg_class c on c.oid = i.indexrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where not i.indisvalid and c.relname ~ '_cc(new|old)[0-9]*$' and n.nspname !~ '^pg_toast'
                and not exists (select 1 from pg_catalog.pg_stat_progress_create_index p where p.relid = i.indrelid)
                and case a.kind
                    when 'SCHEMA' then n.nspname = a.name
                    when 'DATABASE' then true
                    else i.indrelid = a.relation
                        or i.indrelid in (select relid from pg_catalog.pg_partition_tree(a.relation::regclass)) end""";

    private final Connection connection;

    PostgresProbe(Connection connection) {
        this.connection = connection;
    }

    @Override
    public Finding look(SqlStatement statement) throws SQLException {
        SqlTokens tokens = SqlTokens.of(statement.text(), true);
        return switch (statement.token(0)) {
            case "CREATE" -> created(tokens);
            case "DROP" -> dropped(tokens);
            case "ALTER" -> altered(tokens);
            case "REINDEX" -> new Finding(Verdict.NOT_DONE, "doing it again does no harm", leftoversOf(tokens));
            case "VACUUM", "CLUSTER", "REFRESH", "ANALYZE" ->
                new Finding(Verdict.NOT_DONE, "doing it again does no harm");
            default -> new Finding(Verdict.UNKNOWN, "the catalogue does not show whether it is done");
        };
    }

    private Finding created(SqlTokens tokens) throws SQLException {
        if (tokens.is(1, "DATABASE")) {
            return existence("database", tokens.name(2).name(), "pg_database", "datname", Verdict.DONE);
        }
        if (tokens.is(1, "TABLESPACE")) {
            return existence("tablespace", tokens.name(2).name(), "pg_tablespace", "spcname", Verdict.DONE);
        }
        IndexStatement index = IndexStatement.of(tokens);
        return index == null
                ? new Finding(Verdict.UNKNOWN, "the catalogue does not show whether it is done")
                : new IndexProbe(connection, index).look();
    }

    private Finding dropped(SqlTokens tokens) throws SQLException {
        if (tokens.is(1, "DATABASE") || tokens.is(1, "TABLESPACE")) {
            boolean database = tokens.is(1, "DATABASE");
            String name = tokens.name(tokens.skip(2, "IF", "EXISTS")).name();
            return database
                    ? existence("database", name, "pg_database", "datname", Verdict.NOT_DONE)
                    : existence("tablespace", name, "pg_tablespace", "spcname", Verdict.NOT_DONE);
        }
        if (!tokens.are(1, "INDEX", "CONCURRENTLY")) {
            return new Finding(Verdict.UNKNOWN, "the catalogue does not show whether it is done");
        }
        Name name = tokens.name(tokens.skip(3, "IF", "EXISTS"));
        boolean there = one("select to_regclass(?)::oid", quoted(name)) != null;
        return there
                ? new Finding(Verdict.NOT_DONE, "index " + name + " is still there")
                : new Finding(Verdict.DONE, "index " + name + " is gone");
    }

    private Finding existence(String kind, String name, String catalogue, String column, Verdict ifThere)
            throws SQLException {
        boolean there = one("select 1 from pg_catalog." + catalogue + " where " + column + " = ?", name) != null;
        Verdict ifGone = ifThere == Verdict.DONE ? Verdict.NOT_DONE : Verdict.DONE;
        return there
                ? new Finding(ifThere, kind + " " + name + " is there")
                : new Finding(ifGone, kind + " " + name + " is not there");
    }

    private Finding altered(SqlTokens tokens) throws SQLException {
        if (tokens.is(1, "SYSTEM") || tokens.is(1, "DATABASE")) {
            return new Finding(Verdict.NOT_DONE, "doing it again does no harm");
        }
        int detach = tokens.find(2, "DETACH");
        if (!tokens.is(1, "TABLE") || detach < 0) {
            return new Finding(Verdict.UNKNOWN, "the catalogue does not show whether it is done");
        }
        Name parent = tokens.name(tokens.skip(tokens.skip(2, "IF", "EXISTS"), "ONLY"));
        Name partition = tokens.name(detach + 2);
        String state = one(
                "select inhdetachpending::text from pg_catalog.pg_inherits where inhparent = to_regclass(?)"
                        + " and inhrelid = to_regclass(?)",
                quoted(parent),
                quoted(partition));
        if (state == null) {
            return new Finding(Verdict.DONE, partition + " is no partition of " + parent);
        }
        return state.equals("true")
                ? new Finding(
                        Verdict.DONE,
                        "the detaching of " + partition + " from " + parent + " has begun and is not finished",
                        List.of("alter table " + quoted(parent) + " detach partition " + quoted(partition)
                                + " finalize"))
                : new Finding(Verdict.NOT_DONE, partition + " is still a partition of " + parent);
    }

    // Of what this statement is about only: others may be somebody's work.
    private List<String> leftoversOf(SqlTokens tokens) throws SQLException {
        int kind = tokens.is(1, "(") ? tokens.behindParentheses(1) : 1;
        Name name = tokens.name(tokens.skip(kind + 1, "CONCURRENTLY"));
        List<String> drops = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(REINDEX_LEFTOVERS)) {
            query.setString(1, tokens.text(kind).toUpperCase(Locale.ROOT));
            query.setString(2, name.name());
            query.setString(3, quoted(name));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    drops.add(rows.getString(1));
                }
            }
        }
        return drops;
    }

    @Override
    public boolean isAllOrNothing(SqlStatement statement) {
        // What commits by itself in the middle is called, or a block of code.
        return !statement.token(0).equals("CALL") && !statement.token(0).equals("DO");
    }

    @Override
    public String stillAtWork(String backend) throws SQLException {
        String found = one(STILL_AT_WORK, backend);
        return found == null ? "" : found;
    }

    static String quoted(Name name) {
        return name.schema().isEmpty() ? Identifiers.quote(name.name()) : Identifiers.quote(name.schema(), name.name());
    }

    private @Nullable String one(String sql, String... parameters) throws SQLException {
        return one(connection, sql, parameters);
    }

    static @Nullable String one(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                query.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }
}
