package dev.wellhead.examples.labs.debugging;

import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.examples.labs.SqlExercise;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.QueryPlan;
import dev.wellhead.pool.QueryPlans;
import dev.wellhead.pool.SlowQuery;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two statements that hide a column from its index: found in the pool's report, explained, and judged by pages read. */
public final class SlowQueryLab implements Lab {
    private static final String FIND =
            "select id, email, name from customers where lower(email) = lower(?) order by id";
    private static final String ORDERS_OF =
            "select id, item from orders where cast(customer_id as text) = ? order by id";
    private static final String NAME_OF = "select name from customers where id = cast(? as bigint)";

    // Two customers whose addresses differ by case, one far back, the first one, and nobody.
    private static final List<String> ADDRESSES = List.of(
            "customer77@example.ORG", "Customer15000@Example.org", "CUSTOMER1@EXAMPLE.ORG", "nobody@example.org");
    private static final List<String> CUSTOMERS = List.of("77", "15000", "1", "999999");

    private static final int CALLS = 10;
    private static final long FEW_PAGES = 20;
    private static final long MANY_PAGES = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern HIT = Pattern.compile("\"Shared Hit Blocks\": (\\d+)");
    private static final Pattern READ = Pattern.compile("\"Shared Read Blocks\": (\\d+)");

    @Override
    public String name() {
        return "slow-query";
    }

    @Override
    public Level level() {
        return Level.DEBUGGING;
    }

    @Override
    public void play(Scene scene) throws Exception {
        SqlExercise sql = SqlExercise.read(scene.exercise("queries.sql"));
        TestDatabase database = scene.postgres();
        seed(database);
        ConnectionPool pool = scene.closing(ConnectionPool.builder(database.url())
                .credentials(database.user(), database.password())
                .name("shop")
                .maxSize(2)
                // The tables are small, so everything counts; in a service it would be 200 ms.
                .slowQueryThreshold(Duration.ofNanos(1))
                .captureParameters()
                .build());
        QueryPlans plans = QueryPlans.on(pool.direct());
        try (Connection connection = database.dataSource().getConnection()) {
            Sql.rows(connection, "select set_config('statement_timeout', '10s', false)");
            Map<String, List<SlowQuery>> slow = traffic(pool);
            showReport(scene, slow);
            Cost findBefore = before(scene, connection, plans, slow, FIND, "customer77@example.ORG");
            Cost ordersBefore = before(scene, connection, plans, slow, ORDERS_OF, "77");

            scene.heading("with your queries.sql");
            Sql.runOfExercise(connection, "index", sql.statement("index"));
            database.execute("analyze");
            find(scene, connection, plans, sql.statement("find"), findBefore);
            ordersOf(scene, connection, plans, sql.statement("orders-of"), ordersBefore);
        }
    }

    private static void seed(TestDatabase database) {
        database.execute(
                "create table customers (id bigint primary key, email text not null, name text not null)",
                "create table orders (id bigint primary key, customer_id bigint not null, item text not null)",
                "insert into customers select n, 'Customer' || n || '@Example.org', 'name ' || n"
                        + " from generate_series(1, 20000) n",
                "insert into customers values (20001, 'customer77@example.org', 'twin')",
                "insert into orders select n, 1 + n * 7919 % 20000, 'item ' || n from generate_series(1, 60000) n",
                "create index customers_email on customers (email)",
                "create index orders_customer on orders (customer_id)",
                "vacuum analyze");
    }

    /** Does what a service does in its day, and returns what the pool says of it, by statement, the dearest first. */
    private static Map<String, List<SlowQuery>> traffic(ConnectionPool pool) throws SQLException {
        for (int i = 1; i <= CALLS; i++) {
            try (Connection connection = pool.getConnection()) {
                Sql.rows(connection, NAME_OF, "" + i);
                Sql.rows(connection, FIND, "customer" + i + "@example.org");
                Sql.rows(connection, ORDERS_OF, "" + i);
            }
        }
        Map<String, List<SlowQuery>> byStatement = new LinkedHashMap<>();
        pool.slowQueries()
                .forEach(query -> byStatement
                        .computeIfAbsent(query.sql(), any -> new ArrayList<>())
                        .add(query));
        Map<String, List<SlowQuery>> sorted = new LinkedHashMap<>();
        byStatement.entrySet().stream()
                .sorted(Comparator.comparingDouble(statement -> -millis(statement.getValue())))
                .forEach(statement -> sorted.put(statement.getKey(), statement.getValue()));
        return sorted;
    }

    private static double millis(List<SlowQuery> executions) {
        return executions.stream()
                        .mapToLong(query -> query.duration().toNanos())
                        .sum()
                / 1e6;
    }

    private static void showReport(Scene scene, Map<String, List<SlowQuery>> slow) {
        scene.heading("what the pool has noted, by statement");
        slow.forEach((statement, executions) -> {
            long rows = executions.stream()
                    .mapToLong(query -> query.rows().orElse(0))
                    .sum();
            scene.say("   %7.1f ms in %d calls, %d rows:  %s", millis(executions), executions.size(), rows, statement);
        });
    }

    /** Shows why a statement is slow as it stands. */
    private static Cost before(
            Scene scene,
            Connection connection,
            QueryPlans plans,
            Map<String, List<SlowQuery>> slow,
            String statement,
            String parameter)
            throws SQLException {
        scene.heading("how PostgreSQL goes about it: " + statement);
        List<SlowQuery> executions = slow.getOrDefault(statement, List.of());
        if (scene.fact("the pool's report has it: " + statement, executions.size() == CALLS)) {
            plans.explain(executions.get(0)).toString().lines().forEach(line -> scene.say("   %s", line));
        }
        showPlan(scene, connection, statement, parameter);
        Cost cost = Cost.of(plans, statement, parameter);
        scene.fact(
                "for a few rows of its table it read the whole of it",
                cost.readsWholeTable() && cost.pages() >= MANY_PAGES);
        return cost;
    }

    private static void showPlan(Scene scene, Connection connection, String statement, String parameter)
            throws SQLException {
        // Each parameter of a statement here is a text without quotes in it.
        scene.show(
                connection,
                "explain (analyze, buffers, costs off, timing off, summary off)\n"
                        + statement.replace("?", "'" + parameter + "'"));
    }

    private static void find(Scene scene, Connection connection, QueryPlans plans, String statement, Cost before)
            throws SQLException, ExerciseException {
        Cost cost = after(scene, connection, plans, "find", statement, "customer77@example.ORG", before);
        scene.goal(
                "'find' gives the rows that it gave before",
                sameRows(connection, "find", FIND, statement, ADDRESSES),
                "addresses count as equal in whatever case they are written, two customers may share one so, and the"
                        + " rows come by id");
        judge(
                scene,
                "find",
                cost,
                "an index serves what it holds: which expression is compared, and which is indexed?");
        Sql.runOfExercise(
                connection,
                "index",
                "insert into customers (id, email, name) values (30000, 'New.Customer@Example.org', 'late')");
        scene.goal(
                "'find' finds a customer who comes later",
                Sql.ofExercise("find", () -> Sql.rows(connection, statement, "new.customer@example.ORG"))
                        .equals(List.of("30000|New.Customer@Example.org|late")),
                "a copy of the table is not kept up to date by itself");
    }

    private static void ordersOf(Scene scene, Connection connection, QueryPlans plans, String statement, Cost before)
            throws SQLException, ExerciseException {
        Cost cost = after(scene, connection, plans, "orders-of", statement, "77", before);
        scene.goal(
                "'orders-of' gives the rows that it gave before",
                sameRows(connection, "orders-of", ORDERS_OF, statement, CUSTOMERS),
                "the parameter is the number of a customer, handed over as text; the rows come by id");
        judge(
                scene,
                "orders-of",
                cost,
                "the index on orders (customer_id) is there; what stands between it and the comparison?");
    }

    private static Cost after(
            Scene scene,
            Connection connection,
            QueryPlans plans,
            String name,
            String statement,
            String parameter,
            Cost before)
            throws SQLException, ExerciseException {
        Cost cost = Sql.ofExercise(name, () -> Cost.of(plans, statement, parameter));
        Sql.ofExercise(name, () -> {
            showPlan(scene, connection, statement, parameter);
            return true;
        });
        scene.say("   '%s' reads %d pages, and read %d before", name, cost.pages(), before.pages());
        return cost;
    }

    private static boolean sameRows(
            Connection connection, String name, String original, String statement, List<String> parameters)
            throws SQLException, ExerciseException {
        for (String parameter : parameters) {
            List<String> expected = Sql.rows(connection, original, parameter);
            if (!Sql.ofExercise(name, () -> Sql.rows(connection, statement, parameter))
                    .equals(expected)) {
                return false;
            }
        }
        return true;
    }

    private static void judge(Scene scene, String name, Cost cost, String hint) {
        scene.goal(
                "'" + name + "' reads no table from end to end, and at most " + FEW_PAGES + " pages",
                !cost.readsWholeTable() && cost.pages() <= FEW_PAGES,
                hint);
    }

    /**
     * What a statement really costs the database.
     *
     * @param pages of 8 kB, in the cache or not
     */
    private record Cost(long pages, boolean readsWholeTable) {
        static Cost of(QueryPlans plans, String statement, String parameter) throws SQLException {
            QueryPlan plan = plans.analyze(statement, PATIENCE, parameter);
            // The first figures are those of the topmost step, which include the steps below.
            return new Cost(
                    first(HIT, plan.text()) + first(READ, plan.text()),
                    plan.nodes().stream().anyMatch(Cost::readsWholeTable));
        }

        private static boolean readsWholeTable(QueryPlan.Node node) {
            return node.type().equals("Seq Scan") || node.children().stream().anyMatch(Cost::readsWholeTable);
        }

        private static long first(Pattern figure, String plan) {
            Matcher matcher = figure.matcher(plan);
            return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
        }
    }
}
