package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.PoolListener;
import dev.wellhead.pool.QueryPlan;
import dev.wellhead.pool.QueryPlans;
import dev.wellhead.pool.SlowQuery;
import dev.wellhead.testkit.TestDatabase;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A list of names and prices that drags photos along, and reads by position. */
public final class SelectStarLab implements Lab {
    private static final String CATEGORY = "pumps";
    private static final int PRODUCTS = 50;
    private static final long MOST_BYTES = 50_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String ALL = "select * from products where category = 'pumps'";
    private static final String NAMED = "select id, name from products where category = 'pumps'";

    @Override
    public String name() {
        return "select-star";
    }

    @Override
    public Level level() {
        return Level.PRACTICE;
    }

    /** A pool whose replies are counted, and whose statements are remembered: each counts as slow. */
    private record Wire(ConnectionPool pool, AtomicLong bytes, ConcurrentLinkedQueue<SlowQuery> queries) {}

    @Override
    public void play(Scene scene) throws Exception {
        PriceList list = JavaExercise.load(scene, "Prices.java", PriceList.class);
        TestDatabase database = scene.postgres();
        seed(database);
        Wire wire = wire(scene, database);
        star(scene, wire);
        List<PriceList.Line> expected = expected(wire);

        scene.heading("your price list");
        List<PriceList.Line> lines = read(scene, wire, list);
        scene.goal(
                "the list has the " + PRODUCTS + " products with their prices",
                lines.equals(expected),
                "by name, with the price of the same product");
        scene.goal(
                "it takes no more than " + MOST_BYTES / 1000 + " kB from the server",
                wire.bytes.get() <= MOST_BYTES,
                "it took " + wire.bytes.get() / 1000 + " kB: does a list of names need the photos?");
        plan(scene, wire);
        added(scene, wire, list, expected);
    }

    private static void seed(TestDatabase database) {
        database.execute(
                "create table products (id bigint primary key, category text not null, name text not null,"
                        + " description text, photo bytea)",
                // Photos are packed already; and so their bytes are those that are stored.
                "alter table products alter column photo set storage external",
                "insert into products select i, case when i % 400 = 0 then 'pumps' else 'parts-' || i % 400 end,"
                        + " 'product ' || lpad(i::text, 6, '0'), repeat('very good, ', 12),"
                        + " case when i % 400 = 0 then decode(repeat('c0ffee', 7000), 'hex') end"
                        + " from generate_series(1, 20000) i",
                "create index products_list on products (category, name, id)",
                "create table prices (product_id bigint primary key references products, cents int not null)",
                "insert into prices select id, 100 + id % 7777 from products",
                "vacuum (analyze) products",
                "vacuum (analyze) prices");
    }

    private static Wire wire(Scene scene, TestDatabase database) throws Exception {
        URI address = URI.create(database.url().substring("jdbc:".length()));
        AtomicLong bytes = new AtomicLong();
        Relay relay = scene.closing(Relay.to(address.getPort(), Relay::open, () -> (chunk, length) -> {
            bytes.addAndGet(length);
            return length;
        }));
        ConcurrentLinkedQueue<SlowQuery> queries = new ConcurrentLinkedQueue<>();
        ConnectionPool pool = scene.closing(
                ConnectionPool.builder("jdbc:postgresql://127.0.0.1:" + relay.port() + "/" + database.name())
                        .credentials(database.user(), database.password())
                        .name("shop")
                        .maxSize(1)
                        .slowQueryThreshold(Duration.ofNanos(1))
                        .captureParameters()
                        .listener(new PoolListener() {
                            @Override
                            public void slowQuery(String pool, SlowQuery query) {
                                queries.add(query);
                            }
                        })
                        .build());
        return new Wire(pool, bytes, queries);
    }

    /** The same rows by {@code *} and by names, whatever the exercise says. */
    private static void star(Scene scene, Wire wire) throws SQLException {
        scene.heading("select *, and two columns by name");
        try (Connection connection = wire.pool.getConnection()) {
            wire.bytes.set(0);
            Sql.rows(connection, ALL);
            long all = wire.bytes.getAndSet(0);
            Sql.rows(connection, NAMED);
            long named = wire.bytes.get();
            show(scene, connection, ALL, all);
            show(scene, connection, NAMED, named);
            scene.fact("select * sends more than a hundred times as many bytes for the same rows", all > 100 * named);
        }
    }

    private static void show(Scene scene, Connection connection, String sql, long bytes) throws SQLException {
        scene.say("   > %s", sql);
        // With the values written out, where the server can do that: else pages of large values are not counted.
        boolean serializes = connection.getMetaData().getDatabaseMajorVersion() >= 17;
        Sql.rows(
                        connection,
                        "explain (analyze, buffers, costs off, timing off, summary off"
                                + (serializes ? ", serialize text" : "") + ") " + sql)
                .stream()
                .takeWhile(line -> !line.startsWith("Planning:"))
                .forEach(line -> scene.say("     %s", line));
        scene.say("     from the server: %,d bytes", bytes);
    }

    private static List<PriceList.Line> expected(Wire wire) throws SQLException {
        List<PriceList.Line> lines = new ArrayList<>();
        try (Connection connection = wire.pool.getConnection()) {
            for (String row : Sql.rows(
                    connection,
                    "select id, name, 100 + id % 7777 from products where category = ? order by name",
                    CATEGORY)) {
                String[] values = row.split("\\|", -1);
                lines.add(new PriceList.Line(Long.parseLong(values[0]), values[1], Integer.parseInt(values[2])));
            }
        }
        return lines;
    }

    private static List<PriceList.Line> read(Scene scene, Wire wire, PriceList list)
            throws ExerciseException, InterruptedException {
        List<PriceList.Line> lines = Attempt.get("read", () -> {
            try (Connection connection = wire.pool.getConnection()) {
                wire.bytes.set(0);
                wire.queries.clear();
                return List.copyOf(list.read(connection, CATEGORY));
            }
        });
        lines.stream().limit(3).forEach(line -> scene.say("   %s", line));
        scene.say("   %d lines, %,d bytes from the server", lines.size(), wire.bytes.get());
        return lines;
    }

    private static void plan(Scene scene, Wire wire) {
        scene.heading("its plan");
        List<QueryPlan.Node> nodes = new ArrayList<>();
        QueryPlans plans = QueryPlans.on(wire.pool.direct());
        for (SlowQuery query : wire.queries) {
            try {
                QueryPlan plan = plans.analyze(query, PATIENCE);
                scene.say("   > %s", query.sql());
                plan.nodes().forEach(node -> collect(node, nodes));
                plan.toString().lines().forEach(line -> scene.say("     %s", line));
            } catch (SQLException | IllegalArgumentException e) {
                scene.say("   %s", String.valueOf(e.getMessage()));
            }
        }
        List<QueryPlan.Node> products = nodes.stream()
                .filter(node -> node.relation().orElse("").contains("products"))
                .toList();
        scene.goal(
                "the products are read from the index alone",
                !products.isEmpty()
                        && products.stream().allMatch(node -> node.type().equals("Index Only Scan")),
                "the index products_list holds category, name and id: a query that asks for nothing else does not"
                        + " have to look at the table");
    }

    private static void collect(QueryPlan.Node node, List<QueryPlan.Node> nodes) {
        nodes.add(node);
        node.children().forEach(child -> collect(child, nodes));
    }

    private static void added(Scene scene, Wire wire, PriceList list, List<PriceList.Line> expected)
            throws SQLException, InterruptedException {
        scene.heading("another service adds columns");
        try (Connection connection = wire.pool.direct().getConnection()) {
            Sql.run(
                    connection,
                    "alter table products add column weight_grams int not null default 1200",
                    "alter table prices add column currency text not null default 'EUR'");
        }
        String problem = "";
        List<PriceList.Line> lines = List.of();
        try {
            lines = read(scene, wire, list);
        } catch (ExerciseException e) {
            problem = "\n" + e.getMessage();
            scene.say("   %s", String.valueOf(e.getMessage()));
        }
        scene.goal(
                "the list is the same after columns were added",
                lines.equals(expected),
                "behind a new column everything has another number: name what you read" + problem);
    }
}
