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
import dev.wellhead.pool.BorrowedConnection;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.PoolListener;
import dev.wellhead.pool.PoolTimeoutException;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Connections that are not given back on some paths, until nobody gets one; the pool knows where they were borrowed. */
public final class PoolExhaustionLab implements Lab {
    private static final int CONNECTIONS = 5;
    // Two paths lose a connection in each round, so the third finds the pool empty.
    private static final int ROUNDS = 3;
    private static final Duration ACQUIRE_TIMEOUT = Duration.ofMillis(600);
    private static final Duration LEAK_THRESHOLD = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String SESSIONS =
            "from pg_stat_activity where datname = current_database() and application_name = 'readings'";

    @Override
    public String name() {
        return "pool-exhaustion";
    }

    @Override
    public Level level() {
        return Level.DEBUGGING;
    }

    @Override
    public void play(Scene scene) throws Exception {
        TestDatabase database = scene.postgres();
        seed(database);
        Readings readings = JavaExercise.load(scene, "WellReadings.java", Readings.class);
        Reports reports = new Reports();
        ConnectionPool pool = ConnectionPool.builder(database.url())
                .credentials(database.user(), database.password())
                .driverProperty("ApplicationName", "readings")
                .name("readings")
                .maxSize(CONNECTIONS)
                .minIdle(CONNECTIONS)
                .acquireTimeout(ACQUIRE_TIMEOUT)
                .leakThreshold(LEAK_THRESHOLD)
                .listener(reports)
                .build();
        // What is lost does not come back, so there is nothing to wait for.
        scene.closing(() -> pool.close(Duration.ZERO));
        // On a slow machine the first connect may take longer than a caller waits.
        pool.awaitWarm(PATIENCE);
        Attempt.perform("open()", () -> readings.open(pool));

        Traffic traffic = new Traffic(scene);
        for (int round = 1; round <= ROUNDS; round++) {
            scene.heading("round " + round + ": every path of the service");
            for (Visit visit : visits(readings, round)) {
                traffic.make(visit);
            }
            scene.say("   pool: %s", pool.stats());
            Await.until(PATIENCE, () -> reports.size() >= pool.stats().active());
        }
        traffic.showTimeout();
        reports.show(scene);
        judge(scene, pool, traffic);
    }

    private static void seed(TestDatabase database) {
        database.execute(
                "create table wells (name text primary key)",
                "create table readings (id bigint generated always as identity primary key,"
                        + " well text not null references wells, litres int not null)",
                "insert into wells values ('north'), ('south'), ('west')",
                "insert into readings (well, litres) values ('north', 120), ('north', 80), ('south', 50)");
    }

    /**
     * A call of the service.
     *
     * @param outcome what it returns as text, or what it throws
     */
    private record Visit(String call, String outcome, Callable<Object> code) {}

    private static List<Visit> visits(Readings readings, int round) {
        return List.of(
                new Visit("wells()", "[north, south, west]", readings::wells),
                new Visit("total(north)", "200", () -> readings.total("north")),
                new Visit("latest(north)", "OptionalInt[80]", () -> readings.latest("north")),
                new Visit("total(west)", "0", () -> readings.total("west")),
                new Visit("record(east, 10)", "SQLState 23503", () -> readings.record("east", 10)),
                new Visit("record(south, 30)", "" + (1 + round), () -> readings.record("south", 30)),
                new Visit("latest(west)", "OptionalInt.empty", () -> readings.latest("west")),
                new Visit("record(north, -5)", "IllegalArgumentException", () -> readings.record("north", -5)),
                new Visit("total(south)", "" + (50 + 30 * round), () -> readings.total("south")));
    }

    private static void judge(Scene scene, ConnectionPool pool, Traffic traffic) throws SQLException {
        scene.heading("after all rounds");
        scene.say("   pool: %s", pool.stats());
        try (Connection connection = scene.postgres().dataSource().getConnection()) {
            scene.show(connection, "select state, count(*)\n" + SESSIONS + "\ngroup by state");
            scene.fact(
                    "the server never had more than " + CONNECTIONS + " sessions of this pool",
                    pool.stats().created() <= CONNECTIONS
                            && Sql.number(connection, "select count(*) " + SESSIONS) <= CONNECTIONS);
        }
        scene.goal(
                "nobody waited in vain for a connection",
                pool.stats().timeouts() == 0,
                "callers who did: " + pool.stats().timeouts()
                        + ". A larger pool would only fail later; see the report of leaks");
        scene.goal(
                "each call had the right outcome, errors included",
                traffic.wrong == 0,
                "look at the lines that end in 'expected ...'");
        scene.goal(
                "after all rounds no connection is on loan",
                pool.stats().active() == 0,
                "connections on loan: " + pool.stats().active()
                        + ". Each report names the line that borrowed: follow"
                        + " every way out of that method, also those of a return and of an exception");
    }

    /** Calls the service, and compares what comes of it. */
    private static final class Traffic {
        private final Scene scene;
        private int wrong;
        private @Nullable PoolTimeoutException firstTimeout;

        Traffic(Scene scene) {
            this.scene = scene;
        }

        void make(Visit visit) throws ExerciseException, InterruptedException {
            String outcome = outcome(visit);
            boolean right = outcome.equals(visit.outcome());
            wrong += right ? 0 : 1;
            scene.say("   %-18s  %s%s", visit.call(), outcome, right ? "" : "      <- expected " + visit.outcome());
        }

        private String outcome(Visit visit) throws ExerciseException, InterruptedException {
            Outcome<Object> outcome = Attempt.call(visit.call(), visit.code());
            Throwable failure = outcome.failure();
            if (failure == null) {
                return String.valueOf(outcome.result());
            }
            if (failure instanceof PoolTimeoutException timeout) {
                firstTimeout = firstTimeout == null ? timeout : firstTimeout;
                return timeout.code() + ", SQLState " + timeout.getSQLState();
            }
            return failure instanceof SQLException refusal
                    ? "SQLState " + refusal.getSQLState()
                    : failure.getClass().getSimpleName();
        }

        void showTimeout() {
            if (firstTimeout != null) {
                scene.heading("what a caller was told who came too late");
                scene.say("   %s %s", firstTimeout.code(), String.valueOf(firstTimeout.getMessage()));
            }
        }
    }

    /** Keeps what the pool reports as leaks. Thread-safe. */
    private static final class Reports implements PoolListener {
        private final Queue<BorrowedConnection> leaks = new ConcurrentLinkedQueue<>();

        @Override
        public void leakSuspected(String pool, BorrowedConnection borrowed) {
            leaks.add(borrowed);
        }

        int size() {
            return leaks.size();
        }

        void show(Scene scene) {
            scene.heading("the pool's report of connections that did not come back");
            Map<String, Long> places =
                    leaks.stream().collect(Collectors.groupingBy(Reports::place, TreeMap::new, Collectors.counting()));
            places.forEach((place, count) -> scene.say("   %d x %s", count, place));
            if (places.isEmpty()) {
                scene.say("   none");
            }
        }

        private static String place(BorrowedConnection borrowed) {
            String frames = borrowed.stack().stream()
                    .takeWhile(frame -> !frame.getClassName().startsWith("dev.wellhead."))
                    .map(StackTraceElement::toString)
                    .collect(Collectors.joining(" < "));
            // A pool remembers the first few stacks of each tenth of a second, and all of them after a
            // leak without one.
            String where = frames.isEmpty() ? "somewhere (stack not captured)" : "borrowed at " + frames;
            return where + "; last SQL: " + borrowed.lastSql().orElse("none");
        }
    }
}
