package dev.wellhead.pool;

import dev.wellhead.jdbc.internal.Identifiers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Plans of PostgreSQL 13 and newer, in one transaction of the caller's. */
final class PostgresPlans {
    private static final long LOCK_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long WORTH_AN_INDEX_ROWS = 10_000;
    private static final double SMALL_SHARE = 0.1;

    // The steps of a plan, each before those below it. PostgreSQL reads its own JSON best.
    private static final String STEPS = """
            with recursive step(path, plan) as (
                select array[1], cast(? as jsonb) -> 0 -> 'Plan'
                union all
                select step.path || child.place::int, child.plan
                from step cross join lateral jsonb_array_elements(coalesce(step.plan -> 'Plans', '[]'))
                    with ordinality as child(plan, place)
            )
            select cardinality(path) as depth, plan ->> 'Node Type' as type, plan ->> 'Schema' as schema,
                plan ->> 'Relation Name' as relation, plan ->> 'Alias' as alias, plan ->> 'Index Name' as index,
                plan ->> 'Filter' as filter, plan ->> 'Index Cond' as condition,
                (plan ->> 'Plan Rows')::float8 as rows, (plan ->> 'Total Cost')::float8 as cost,
                (plan ->> 'Actual Rows')::float8 as actual_rows, (plan ->> 'Actual Total Time')::float8 as actual_millis,
                (plan ->> 'Actual Loops')::float8 as loops, (plan ->> 'Workers Planned')::int as workers,
                (plan ->> 'Parallel Aware')::boolean as parallel
            from step order by path
            """;

    // A partition takes the index of its root. The size stands in for the number of rows that nobody has counted yet.
    private static final String TABLE = """
            select table_.oid, root.oid as root, space.nspname, root.relname, root.relkind = 'p' as partitioned,
                case when table_.reltuples > 0 then table_.reltuples::float8
                    else pg_relation_size(table_.oid) / 100.0 end as rows
            from pg_class table_ join pg_namespace own on own.oid = table_.relnamespace
                join pg_class root on root.oid = coalesce(pg_partition_root(table_.oid), table_.oid)
                join pg_namespace space on space.oid = root.relnamespace
            where own.nspname = ? and table_.relname = ? and table_.relkind = 'r'
            """;

    private static final String COLUMNS = """
            select attname, atttypid::regtype::text from pg_attribute
            where attrelid = cast(? as oid) and attnum > 0 and not attisdropped
            """;

    // What the indexes that could serve any row begin with, in the order of their columns.
    private static final String INDEXES = """
            select entry.indexrelid, coalesce(attribute.attname, '') as attname
            from pg_index entry cross join lateral unnest(entry.indkey) with ordinality as key(number, place)
                left join pg_attribute attribute on attribute.attrelid = entry.indrelid and attribute.attnum = key.number
                    and key.number > 0
            where entry.indrelid = cast(? as oid) and entry.indisvalid and entry.indpred is null
            order by entry.indexrelid, key.place
            """;

    private final Connection connection;
    private final Set<QueryPlan.Hint> hints = new LinkedHashSet<>();

    /** Bounds what the transaction, which has just begun, may do. */
    PostgresPlans(Connection connection, long timeoutNanos) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            // By SQL, since the driver can be told to ignore setReadOnly. Nothing in the transaction can take it back.
            statement.execute("SET TRANSACTION READ ONLY");
        }
        set("statement_timeout", millis(timeoutNanos));
        set("lock_timeout", millis(Math.min(timeoutNanos, LOCK_NANOS)));
    }

    private static String millis(long nanos) {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
        return Math.min(Integer.MAX_VALUE, millis) + "ms";
    }

    private void set(String parameter, String value) throws SQLException {
        query("select set_config(?, ?, true)", List.of(parameter, value), rows -> rows.getString(1));
    }

    QueryPlan plan(ExplainableSql sql, boolean analyze) throws SQLException {
        List<String> printed;
        if (analyze) {
            // Run once only, so printed once only.
            printed = explain(sql, List.of("EXPLAIN (ANALYZE, BUFFERS, VERBOSE, FORMAT JSON) "));
        } else {
            printed = explain(sql, List.of("EXPLAIN (VERBOSE, FORMAT JSON) ", "EXPLAIN (FORMAT TEXT) "));
        }
        String json = printed.get(0);
        List<Step> steps = query(STEPS, List.of(json), PostgresPlans::step);
        lookForMissingIndexes(steps);
        List<QueryPlan.Node> nodes = new ArrayList<>();
        for (int at = 0; at < steps.size(); at = end(steps, at)) {
            nodes.add(node(steps, at));
        }
        return new QueryPlan(printed.get(printed.size() - 1), nodes, List.copyOf(hints));
    }

    /** Returns what each of these commands prints of the statement. */
    private List<String> explain(ExplainableSql sql, List<String> commands) throws SQLException {
        List<String> printed = new ArrayList<>();
        if (sql.placeholders() > 0 && !sql.isBound()) {
            return explainForAnyParameters(sql, commands);
        }
        for (String command : commands) {
            if (!sql.isPrepared()) {
                printed.add(print(command + sql.sql()));
                continue;
            }
            try (PreparedStatement statement = connection.prepareStatement(command + sql.sql())) {
                Parameters.Snapshot parameters = sql.parameters();
                if (parameters != null) {
                    parameters.bind(statement);
                }
                try (ResultSet rows = statement.executeQuery()) {
                    printed.add(lines(rows));
                }
            }
        }
        return printed;
    }

    /** Has the server infer the types of the parameters and plan for whatever their values are. */
    private List<String> explainForAnyParameters(ExplainableSql sql, List<String> commands) throws SQLException {
        set("plan_cache_mode", "force_generic_plan");
        // A name of its own, for the sake of poolers that share sessions.
        String name = Identifiers.quote("wellhead_" + UUID.randomUUID());
        String nulls = String.join(", ", Collections.nCopies(sql.placeholders(), "NULL"));
        List<String> printed = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            // The numbered places are the server's business, not the driver's.
            statement.execute("PREPARE " + name + " AS " + sql.numbered());
            for (String command : commands) {
                printed.add(print(command + "EXECUTE " + name + "(" + nulls + ")"));
            }
            statement.execute("DEALLOCATE " + name);
        }
        return printed;
    }

    private String print(String explain) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(explain)) {
            return lines(rows);
        }
    }

    private static String lines(ResultSet rows) throws SQLException {
        List<String> lines = new ArrayList<>();
        while (rows.next()) {
            lines.add(rows.getString(1));
        }
        return String.join("\n", lines);
    }

    // --- steps

    /** A step as the plan lists it. */
    private record Step(
            int depth,
            @Nullable String schema,
            @Nullable String relation,
            @Nullable String alias,
            @Nullable String filter,
            int workers,
            boolean parallel,
            double loops,
            QueryPlan.Node.Details details) {
        /** Returns how many rows one run of the step finds, all its processes together. */
        double found(int workers) {
            if (loops > 0) {
                return parallel ? details.actualRows() : details.actualRows() / loops;
            }
            // Of a parallel step the rows of one process are estimated.
            return details.rows() * (parallel ? workers + 1 : 1);
        }
    }

    private static Step step(ResultSet row) throws SQLException {
        String schema = row.getString("schema");
        String relation = row.getString("relation");
        String filter = row.getString("filter");
        String condition = row.getString("condition");
        double loops = number(row, "loops");
        return new Step(
                row.getInt("depth"),
                schema,
                relation,
                row.getString("alias"),
                filter,
                row.getInt("workers"),
                row.getBoolean("parallel"),
                loops,
                new QueryPlan.Node.Details(
                        row.getString("type"),
                        relation == null || schema == null ? relation : schema + "." + relation,
                        row.getString("index"),
                        condition == null ? filter : condition,
                        number(row, "rows"),
                        number(row, "cost"),
                        number(row, "actual_rows") * loops,
                        number(row, "actual_millis") * loops));
    }

    private static double number(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? Double.NaN : value;
    }

    private static QueryPlan.Node node(List<Step> steps, int at) {
        List<QueryPlan.Node> children = new ArrayList<>();
        int end = end(steps, at);
        for (int child = at + 1; child < end; child = end(steps, child)) {
            children.add(node(steps, child));
        }
        return new QueryPlan.Node(steps.get(at).details, children);
    }

    /** Returns where the steps end that are below this one. */
    private static int end(List<Step> steps, int at) {
        int end = at + 1;
        while (end < steps.size() && steps.get(end).depth > steps.get(at).depth) {
            end++;
        }
        return end;
    }

    // --- hints

    private void lookForMissingIndexes(List<Step> steps) throws SQLException {
        int workers = 0;
        for (Step step : steps) {
            workers = Math.max(workers, step.workers);
            if (step.details.type().equals("Seq Scan")
                    && step.filter != null
                    && step.schema != null
                    && step.relation != null) {
                look(step.schema, step.relation, step.alias, step.filter, step.found(workers));
            }
        }
    }

    /**
     * The table that a hint is about.
     *
     * @param root itself, or what it is a partition of
     */
    private record Table(String oid, String root, String schema, String name, boolean partitioned, double rows) {}

    private void look(String schema, String relation, @Nullable String alias, String filter, double found)
            throws SQLException {
        List<Table> tables = query(
                TABLE,
                List.of(schema, relation),
                row -> new Table(
                        row.getString("oid"),
                        row.getString("root"),
                        row.getString("nspname"),
                        row.getString("relname"),
                        row.getBoolean("partitioned"),
                        row.getDouble("rows")));
        // Gone meanwhile, temporary or foreign: nothing to advise on.
        if (tables.isEmpty()) {
            return;
        }
        Table table = tables.get(0);
        if (table.rows < WORTH_AN_INDEX_ROWS || found > SMALL_SHARE * table.rows) {
            return;
        }
        List<String> columns = columns(table, alias == null ? relation : alias, filter);
        if (columns.isEmpty() || !isIndexed(table, columns)) {
            hints.add(hint(table, columns, filter));
        }
    }

    private List<String> columns(Table table, String alias, String filter) throws SQLException {
        Map<String, String> types = new HashMap<>();
        query(COLUMNS, List.of(table.oid), row -> types.put(row.getString(1), row.getString(2)));
        return ComparedColumns.of(SqlToken.of(filter, SqlDialect.POSTGRES))
                .filter(columns -> columns.stream().allMatch(column -> isServed(column, alias, types)))
                .map(ComparedColumns::inIndexOrder)
                .orElse(List.of());
    }

    private static boolean isServed(ComparedColumns.Column column, String alias, Map<String, String> types) {
        String type = types.get(column.name());
        boolean own = column.qualifier() == null || column.qualifier().equals(alias);
        // To the index text and varchar are the same.
        boolean uncast = column.cast() == null || (column.cast().equals("text") && "character varying".equals(type));
        return own && type != null && uncast;
    }

    /** Returns whether an index begins with these columns, so that the planner had its reasons not to use it. */
    private boolean isIndexed(Table table, List<String> columns) throws SQLException {
        Map<String, List<String>> indexes = new HashMap<>();
        query(
                INDEXES,
                List.of(table.oid),
                row -> indexes.computeIfAbsent(row.getString(1), key -> new ArrayList<>())
                        .add(row.getString(2)));
        return indexes.values().stream()
                .anyMatch(index -> index.size() >= columns.size()
                        && Set.copyOf(index.subList(0, columns.size())).equals(Set.copyOf(columns)));
    }

    private static QueryPlan.Hint hint(Table table, List<String> columns, String filter) {
        String name = table.schema + "." + table.name;
        String found = "table " + name + " of about " + Math.round(table.rows) + " rows is read from end to end for ";
        if (columns.isEmpty()) {
            return new QueryPlan.Hint(
                    name, columns, SqlText.shown(found + filter) + "; an index for this condition might help", null);
        }
        // Partitioned tables cannot be indexed CONCURRENTLY.
        String create = "CREATE INDEX " + (table.partitioned ? "" : "CONCURRENTLY ") + "ON "
                + Identifiers.quote(table.schema, table.name) + " ("
                + String.join(", ", columns.stream().map(Identifiers::quote).toList()) + ")";
        return new QueryPlan.Hint(name, columns, SqlText.shown(found + filter) + "; consider: " + create, create);
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, List<String> parameters, Row<T> row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setString(i + 1, parameters.get(i));
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<T> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(row.read(rows));
                }
                return all;
            }
        }
    }
}
