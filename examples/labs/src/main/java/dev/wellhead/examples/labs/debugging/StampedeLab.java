package dev.wellhead.examples.labs.debugging;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.JavaExercise;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Outcome;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A thousand requests for one price that is not in the cache: who goes to the database? */
public final class StampedeLab implements Lab {
    private static final int CROWD = 1000;
    private static final int SMALL_CROWD = 100;
    private static final Duration LIFE = Duration.ofSeconds(1);
    // What the clocks of Redis and of this process may count otherwise.
    private static final Duration MARGIN = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration SECOND_TRY = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "stampede";
    }

    @Override
    public Level level() {
        return Level.DEBUGGING;
    }

    @Override
    public void play(Scene scene) throws Exception {
        TestDatabase database = scene.postgres();
        database.execute(
                "create table prices (product text primary key, price text not null)",
                "insert into prices values ('pump', '120 EUR'), ('valve', '15 EUR')");
        ConnectionPool pool = scene.closing(ConnectionPool.builder(database.url())
                .credentials(database.user(), database.password())
                .name("shop")
                .maxSize(10)
                // A refused load would hide how many there were.
                .maxWaiters(CROWD)
                .acquireTimeout(PATIENCE)
                .build());
        Shop shop = new Shop(pool);
        PriceCache first = node(scene, shop);
        PriceCache second = node(scene, shop);

        cold(scene, shop, first);
        expired(scene, database, shop, first, second);
        failing(scene, database, shop, first);
    }

    private static PriceCache node(Scene scene, Shop shop) throws Exception {
        PriceCache node = JavaExercise.load(scene, "Prices.java", PriceCache.class);
        String redis = scene.redis().uri();
        Attempt.perform("open()", () -> node.open(redis, LIFE, shop));
        scene.closing(() -> Attempt.perform("close()", node::close));
        return node;
    }

    private static void cold(Scene scene, Shop shop, PriceCache node) throws ExerciseException {
        scene.heading(CROWD + " requests at once for a price that nobody has asked for before, on one node");
        Wave wave = wave(scene, shop, CROWD, List.of(() -> node.get("pump")));
        scene.goal(
                "all callers got the price",
                wave.outcomes().equals(Map.of("120 EUR", CROWD)),
                "what they got is printed above");
        scene.goal(
                "for all of them the database was asked once",
                wave.isOneLoadALife(),
                "loads: " + wave.loads() + ". Between 'is it there?' and 'now it is' all others ask, too:"
                        + " they have to wait for the one who is on the way");
    }

    private static void expired(Scene scene, TestDatabase database, Shop shop, PriceCache first, PriceCache second)
            throws ExerciseException {
        scene.heading("the price changes and the old one expires; " + CROWD + " requests at once, on two nodes");
        database.execute("update prices set price = '99 EUR' where product = 'pump'");
        awaitEnd(LIFE.plus(MARGIN));
        Wave wave = wave(scene, shop, CROWD, List.of(() -> first.get("pump"), () -> second.get("pump")));
        scene.goal(
                "all callers on both nodes got the new price",
                wave.outcomes().equals(Map.of("99 EUR", CROWD)),
                "a price must not be returned any more once its life is over, wherever it is kept");
        scene.goal(
                "for the whole fleet the database was asked once",
                wave.isOneLoadALife(),
                "loads: " + wave.loads() + ". A lock in one process stops nobody in another; the nodes share"
                        + " a Redis");
    }

    private static void failing(Scene scene, TestDatabase database, Shop shop, PriceCache node) throws Exception {
        scene.heading("the table is away for a moment; " + SMALL_CROWD + " requests for another price");
        database.execute("alter table prices rename to prices_away");
        Wave wave = wave(scene, shop, SMALL_CROWD, List.of(() -> node.get("valve")));
        scene.goal(
                "all callers were told why: undefined table, SQLState 42P01",
                wave.outcomes().equals(Map.of("SQLState 42P01", SMALL_CROWD)),
                "what the loader throws is for each caller who waited for it, and comes out as it is");
        database.execute("alter table prices_away rename to prices");
        boolean back = Await.until(SECOND_TRY, () -> "15 EUR".equals(price(node)));
        scene.say("   the table is back; the price now: %s", price(node));
        scene.goal(
                "once the database is well again, callers get the price",
                back,
                "it was tried for " + SECOND_TRY.toSeconds()
                        + " s. A failure that is kept like a value stays for ever");
    }

    private static String price(PriceCache node) throws ExerciseException, InterruptedException {
        Outcome<String> outcome = Attempt.call("get()", () -> String.valueOf(node.get("valve")));
        return String.valueOf(outcome.failed() ? outcome.failure() : outcome.result());
    }

    private static void awaitEnd(Duration life) {
        long end = System.nanoTime() + life.toNanos();
        Await.until(life.multipliedBy(2), () -> System.nanoTime() - end >= 0);
    }

    /**
     * What came of a crowd.
     *
     * @param took from the moment on at which the whole crowd was there
     */
    private record Wave(int loads, Map<String, Integer> outcomes, Duration took) {
        /** On a machine so slow that prices expire while they are handed out, one load is not enough. */
        boolean isOneLoadALife() {
            return loads >= 1 && loads <= 1 + took.dividedBy(LIFE);
        }
    }

    private static Wave wave(Scene scene, Shop shop, int size, List<Crowd.Request> requests) throws ExerciseException {
        int before = shop.loads.get();
        Crowd crowd = new Crowd();
        shop.crowd = crowd;
        Map<String, Integer> outcomes;
        try {
            outcomes = crowd.send(size, requests);
        } finally {
            shop.crowd = null;
        }
        int loads = shop.loads.get() - before;
        outcomes.forEach((outcome, count) -> scene.say("   %4d callers got: %s", count, outcome));
        scene.say("   loads from the database: %d", loads);
        return new Wave(loads, outcomes, crowd.served());
    }

    /** The database as nodes see it; counts. Thread-safe. */
    private static final class Shop implements PriceCache.Loader {
        private final ConnectionPool pool;
        private final AtomicInteger loads = new AtomicInteger();
        private volatile @Nullable Crowd crowd;

        Shop(ConnectionPool pool) {
            this.pool = pool;
        }

        @Override
        public String load(String product) throws SQLException {
            loads.incrementAndGet();
            Crowd awaited = crowd;
            if (awaited != null) {
                awaited.hold();
            }
            try (Connection connection = pool.getConnection()) {
                return Sql.rows(connection, "select price from prices where product = ?", product)
                        .get(0);
            }
        }
    }
}
