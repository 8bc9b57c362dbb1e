package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.testkit.ManualTicker;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class ObservationTest {
    private final FakeDatabase database = new FakeDatabase();

    private static final class Recorded implements MetricSink {
        final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
        final Map<String, List<Long>> durations = new ConcurrentHashMap<>();
        final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();

        @Override
        public Counter counter(String name, String... tags) {
            assertThat(tags).containsExactly("pool", "test");
            AtomicLong count = counts.computeIfAbsent(name, key -> new AtomicLong());
            return count::addAndGet;
        }

        @Override
        public Timer timer(String name, String... tags) {
            assertThat(tags).startsWith("pool", "test");
            if (tags.length > 2) {
                assertThat(tags).hasSize(4).contains("outcome");
                return timer(name + "." + tags[3], "pool", "test");
            }
            AtomicLong count = counts.computeIfAbsent(name, key -> new AtomicLong());
            List<Long> all = durations.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>());
            return nanos -> {
                count.incrementAndGet();
                all.add(nanos);
            };
        }

        @Override
        public Registration gauge(String name, DoubleSupplier value, String... tags) {
            gauges.put(name, value);
            return () -> gauges.remove(name);
        }

        long count(String name) {
            return counts.get("wellhead.pool." + name).get();
        }

        List<Duration> durations(String name) {
            return durations.get("wellhead.pool." + name).stream()
                    .map(Duration::ofNanos)
                    .toList();
        }

        double gauge(String name) {
            return gauges.get("wellhead.pool." + name).getAsDouble();
        }
    }

    @Test
    void metricsFollowWhatHappens() throws SQLException {
        Recorded sink = new Recorded();
        try (ConnectionPool pool = FakeSource.pool(database)
                .maxSize(1)
                .acquireTimeout(Duration.ofMillis(30))
                .metrics(sink)
                .build()) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("select 1");
                statement.execute("select 2");
                assertThatThrownBy(pool::getConnection).isInstanceOf(PoolTimeoutException.class);
                assertThat(sink.gauge("active")).isEqualTo(1);
                assertThat(sink.gauge("max")).isEqualTo(1);
                assertThat(sink.gauge("min")).isZero();
                assertThat(sink.gauge("size")).isEqualTo(1);
            }
            assertThat(sink.gauge("idle")).isEqualTo(1);
            assertThat(sink.gauge("waiting")).isZero();
            assertThat(sink.count("statement.ok")).isEqualTo(2);
            assertThat(sink.count("statement.failed")).isZero();
            assertThat(sink.count("wait")).isEqualTo(2);
            assertThat(sink.count("timeouts")).isEqualTo(1);
            assertThat(sink.count("opened")).isEqualTo(1);
            assertThat(sink.count("leaks")).isZero();
            assertThat(sink.count("usage")).isEqualTo(1);
            assertThat(sink.count("rejected")).isZero();
        }
        assertThat(sink.count("discarded")).isEqualTo(1);
        assertThat(sink.gauges).isEmpty();
    }

    @Test
    void statementThatFailsIsTimedApart() throws SQLException {
        Recorded sink = new Recorded();
        ManualTicker ticker = new ManualTicker();
        try (ConnectionPool pool =
                        FakeSource.pool(database).ticker(ticker).metrics(sink).build();
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            database.faults.put("execute", () -> {
                ticker.advance(Duration.ofSeconds(2));
                throw new SQLException("no", "42601");
            });
            assertThatThrownBy(() -> statement.execute("selct 1")).isInstanceOf(SQLException.class);
            database.faults.remove("execute");
            statement.execute("select 1");
        }

        assertThat(sink.durations("statement.failed")).containsExactly(Duration.ofSeconds(2));
        assertThat(sink.durations("statement.ok")).containsExactly(Duration.ZERO);
    }

    @Test
    void loansAreTimedFromHandOutToReturnWhateverWayTheyEnd() throws Exception {
        Recorded sink = new Recorded();
        ManualTicker ticker = new ManualTicker();
        try (ConnectionPool pool =
                FakeSource.pool(database).ticker(ticker).metrics(sink).build()) {
            Connection untouched = pool.getConnection();
            ticker.advance(Duration.ofSeconds(3));
            untouched.close();
            untouched.close();

            Connection used = pool.getConnection();
            used.createStatement().execute("select 1");
            ticker.advance(Duration.ofSeconds(5));
            used.close();

            Connection aborted = pool.getConnection();
            ticker.advance(Duration.ofSeconds(7));
            aborted.abort(Runnable::run);

            Connection promised = pool.acquireAsync().get(10, TimeUnit.SECONDS);
            ticker.advance(Duration.ofSeconds(11));
            promised.close();

            assertThat(sink.durations("usage"))
                    .containsExactly(
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(7),
                            Duration.ofSeconds(11));
        }
    }

    @Test
    void callersRefusedAtOnceAreCountedApartFromThoseWhoWaited() throws Exception {
        Recorded sink = new Recorded();
        try (ConnectionPool pool = FakeSource.pool(database)
                        .maxSize(1)
                        .maxWaiters(1)
                        .metrics(sink)
                        .build();
                Connection held = pool.getConnection()) {
            CompletableFuture<Connection> waiting = pool.acquireAsync();

            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);

            assertThat(sink.count("rejected")).isEqualTo(1);
            assertThat(sink.count("timeouts")).isZero();
            waiting.cancel(false);
        }
    }

    @Test
    void callersRefusedWhileTheDatabaseIsDownAreCounted() {
        Recorded sink = new Recorded();
        database.onConnect.set(FakeDatabase.failing("08001"));
        try (ConnectionPool pool = FakeSource.pool(database).metrics(sink).build()) {
            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
            await().untilAsserted(() -> {
                assertThatThrownBy(pool::getConnection).isInstanceOf(PoolUnavailableException.class);
                assertThat(sink.count("rejected"))
                        .isPositive()
                        .isEqualTo(pool.stats().rejected());
            });
        }
    }

    @Test
    void borrowAndReturnReadNoClockWithoutASink() throws SQLException {
        AtomicInteger readings = new AtomicInteger();
        Ticker counting = () -> {
            if (!Thread.currentThread().getName().startsWith("wellhead-")) {
                readings.incrementAndGet();
            }
            return 0;
        };
        try (ConnectionPool pool = FakeSource.pool(database).ticker(counting).build()) {
            // The first few remember their stack, and take the long way.
            for (int loan = 0; loan <= StackBudget.FEW; loan++) {
                pool.getConnection().close();
            }
            int before = readings.get();

            pool.getConnection().close();

            assertThat(readings).hasValue(before);
        }
    }

    @Test
    void slowStatementsAreCountedToTheNanosecondWithASink() throws SQLException {
        Recorded sink = new Recorded();
        LeapingTicker ticker = new LeapingTicker();
        database.faults.put("execute", () -> ticker.leap(Duration.ofSeconds(2)));
        try (ConnectionPool pool =
                        FakeSource.pool(database).ticker(ticker).metrics(sink).build();
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");

            assertThat(sink.count("slow")).isEqualTo(1);
            assertThat(pool.slowQueries()).hasSize(1);
        }
    }

    @Test
    void sinkThatThrowsCostsNoConnection() throws SQLException {
        MetricSink throwing = new MetricSink() {
            @Override
            public Counter counter(String name, String... tags) {
                return delta -> {
                    throw new IllegalStateException("sink");
                };
            }

            @Override
            public Timer timer(String name, String... tags) {
                return nanos -> {
                    throw new IllegalStateException("sink");
                };
            }

            @Override
            public Registration gauge(String name, DoubleSupplier value, String... tags) {
                return () -> {};
            }
        };
        try (ConnectionPool pool =
                FakeSource.pool(database).maxSize(1).metrics(throwing).build()) {
            for (int i = 0; i < 3; i++) {
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("select 1");
                }
            }
            assertThat(pool.stats().active()).isZero();
        }
    }

    @Test
    void statementsReadNoClockWithoutASink() throws SQLException {
        AtomicInteger readings = new AtomicInteger();
        Ticker counting = () -> {
            if (Thread.currentThread().getName().startsWith("wellhead-")) {
                return System.nanoTime();
            }
            readings.incrementAndGet();
            return System.nanoTime();
        };
        try (ConnectionPool pool = FakeSource.pool(database).ticker(counting).build();
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            int before = readings.get();

            statement.execute("select 1");

            assertThat(readings).hasValue(before);
        }
    }

    @Test
    void leakIsReportedOnceWithThreadAgeSqlAndStack() throws SQLException {
        List<BorrowedConnection> leaks = new CopyOnWriteArrayList<>();
        Recorded sink = new Recorded();
        try (ConnectionPool pool = FakeSource.pool(database)
                        .maxSize(1)
                        .metrics(sink)
                        .leakThreshold(Duration.ofMillis(50))
                        .listener(new PoolListener() {
                            @Override
                            public void leakSuspected(String name, BorrowedConnection borrowed) {
                                assertThat(name).isEqualTo("test");
                                leaks.add(borrowed);
                            }
                        })
                        .build();
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 'secret' from t");

            await().untilAsserted(() -> assertThat(leaks).isNotEmpty());
            await().during(Duration.ofMillis(200)).until(() -> leaks.size() == 1);

            BorrowedConnection leak = leaks.get(0);
            assertThat(leak.thread()).isEqualTo(Thread.currentThread().getName());
            assertThat(leak.age()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
            assertThat(leak.lastSql()).hasValue("select '***' from t");
            assertThat(leak.stack().get(0).getMethodName()).isEqualTo("leakIsReportedOnceWithThreadAgeSqlAndStack");
            assertThat(leak.toString()).contains("last SQL: select '***' from t");
            assertThat(pool.stats().leaksReported()).isEqualTo(1);
            assertThat(sink.count("leaks")).isEqualTo(1);
        }
    }

    @Test
    void borrowedTellsWhoHoldsWhatLongestFirst() throws SQLException {
        try (ConnectionPool pool = FakeSource.pool(database).maxSize(10).build();
                Connection first = pool.getConnection();
                Connection second = pool.getConnection()) {
            first.prepareStatement("select 1");

            List<BorrowedConnection> borrowed = pool.borrowed();

            assertThat(borrowed).hasSize(2);
            assertThat(borrowed.get(0).lastSql()).hasValue("select 1");
            assertThat(borrowed.get(1).lastSql()).isEmpty();
            assertThat(borrowed.get(0).age())
                    .isGreaterThanOrEqualTo(borrowed.get(1).age());
        }
    }

    @Test
    void listenerHearsOfOutagesAndMayThrow() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        database.onConnect.set(FakeDatabase.failing("08001"));
        PoolListener listener = new PoolListener() {
            @Override
            public void databaseDown(String pool, SQLException cause) {
                heard.add("down " + cause.getSQLState());
                throw new IllegalStateException("listener");
            }

            @Override
            public void databaseBack(String pool, Duration outage) {
                heard.add("back");
                throw new AssertionError("listener");
            }

            @Override
            public void connectionDiscarded(String pool, String reason) {
                heard.add(reason);
                throw new IllegalStateException("listener");
            }
        };
        try (ConnectionPool pool = FakeSource.pool(database).listener(listener).build()) {
            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
            database.onConnect.set(() -> {});
            await().ignoreExceptions().untilAsserted(() -> pool.getConnection().close());
        }

        assertThat(heard).containsExactly("down 08001", "back", "pool closed");
        assertThat(database.open).hasValue(0);
    }

    @Test
    void callsTheListenerOnTimeoutsWithTheStandingOfThePool() throws SQLException {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (ConnectionPool pool = FakeSource.pool(database)
                        .maxSize(1)
                        .listener(new PoolListener() {
                            @Override
                            public void acquireTimedOut(String name, PoolStats stats) {
                                heard.add(stats.toString());
                            }
                        })
                        .build();
                Connection held = pool.getConnection()) {
            assertThat(pool.tryAcquire(Duration.ofMillis(10))).isEmpty();
        }

        assertThat(heard).containsExactly("size 1/1, active 1, idle 0, connecting 0, waiting 0");
    }
}
