package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.DirectDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlowQueriesTest {
    private final FakeDatabase database = new FakeDatabase();
    private final LeapingTicker ticker = new LeapingTicker();

    private static void execute(ConnectionPool pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void thresholdDividesTheSlowFromTheQuick() throws SQLException {
        try (ConnectionPool pool = FakeSource.pool(database)
                .ticker(ticker)
                .slowQueryThreshold(Duration.ofMillis(900))
                .build()) {
            execute(pool, "select 1");
            database.faults.put("execute", () -> ticker.leap(Duration.ofMillis(901)));
            execute(pool, "select 2");

            assertThat(pool.slowQueries()).hasSize(1);
            assertThat(pool.slowQueries().get(0).sql()).isEqualTo("select 2");
            assertThat(pool.slowQueries().get(0).duration())
                    .isBetween(Duration.ofMillis(901), Duration.ofMillis(901).plusSeconds(60));
        }
    }

    @Test
    void atOneSecondTheTickOfThePoolTellsTheTimeWithoutAReadingByTheBorrower() throws SQLException {
        AtomicInteger readings = new AtomicInteger();
        Ticker counting = () -> {
            if (!Thread.currentThread().getName().startsWith("wellhead-")) {
                readings.incrementAndGet();
            }
            return ticker.nanos();
        };
        AtomicInteger counted = new AtomicInteger();
        try (ConnectionPool pool = FakeSource.pool(database).ticker(counting).build();
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            database.faults.put("execute", () -> {
                ticker.leap(Duration.ofSeconds(2));
                pool.housekeep();
                counted.set(readings.get());
            });
            int before = readings.get();

            statement.execute("select 1");

            // The one reading is the housekeeping that this test does in the middle of the statement.
            assertThat(counted.get() - before).isEqualTo(1);
            assertThat(readings).hasValue(counted.get());
            assertThat(pool.slowQueries()).hasSize(1);
            assertThat(pool.slowQueries().get(0).duration()).isGreaterThan(Duration.ofMillis(1900));
        }
    }

    @Test
    void withoutSlowQueriesNothingIsKept() throws SQLException {
        database.faults.put("execute", () -> ticker.leap(Duration.ofDays(1)));
        try (ConnectionPool pool = FakeSource.pool(database)
                .ticker(ticker)
                .withoutLeakDetection()
                .withoutSlowQueries()
                .build()) {
            execute(pool, "select 1");

            assertThat(pool.slowQueries()).isEmpty();
        }
    }

    @Test
    void onlyTheLastAreKeptNewestFirst() throws SQLException {
        try (ConnectionPool pool = FakeSource.pool(database)
                .slowQueryThreshold(Duration.ofNanos(1))
                .slowQueriesKept(3)
                .build()) {
            for (int i = 1; i <= 5; i++) {
                execute(pool, "select " + i);
            }

            assertThat(pool.slowQueries())
                    .extracting(SlowQuery::sql)
                    .containsExactly("select 5", "select 4", "select 3");
        }
    }

    @Test
    void boundHoldsUnderConcurrentBorrowers() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        try (ConnectionPool pool = FakeSource.pool(database)
                .slowQueryThreshold(Duration.ofNanos(1))
                .slowQueriesKept(7)
                .listener(new PoolListener() {
                    @Override
                    public void slowQuery(String name, SlowQuery query) {
                        heard.incrementAndGet();
                    }
                })
                .build()) {
            List<Caller<Void>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                callers.add(Caller.start(() -> {
                    for (int j = 0; j < 250; j++) {
                        execute(pool, "select 1");
                        assertThat(pool.slowQueries()).hasSizeBetween(1, 7);
                    }
                    return null;
                }));
            }
            for (Caller<Void> caller : callers) {
                caller.result();
            }

            assertThat(pool.slowQueries()).hasSize(7);
            assertThat(heard).hasValue(1000);
        }
    }

    @Test
    void failureIsReportedWithItsSqlState() throws SQLException {
        database.faults.put("execute", FakeDatabase.failing("57014"));
        try (ConnectionPool pool = FakeSource.pool(database)
                .slowQueryThreshold(Duration.ofNanos(1))
                .build()) {
            assertThatThrownBy(() -> execute(pool, "select 'canary'")).hasMessage("asked to fail");

            SlowQuery slow = pool.slowQueries().get(0);
            assertThat(slow.failed()).isTrue();
            assertThat(slow.sqlState()).hasValue("57014");
            assertThat(slow.rows()).isEmpty();
            assertThat(slow.thread()).isEqualTo(Thread.currentThread().getName());
            assertThat(slow.toString())
                    .contains("failed with SQLState 57014: select '***'")
                    .doesNotContain("canary");
        }
    }

    @Test
    void listenerThatThrowsCostsTheBorrowerNothingAndSeesNoLiteral() throws SQLException {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (ConnectionPool pool = FakeSource.pool(database)
                .slowQueryThreshold(Duration.ofNanos(1))
                .listener(new PoolListener() {
                    @Override
                    public void slowQuery(String name, SlowQuery query) {
                        heard.add(name + " " + query.sql() + " " + query + query.parameters());
                        throw new IllegalStateException("listener");
                    }
                })
                .build()) {
            execute(pool, "/* it's */ select E'it\\'s canary', \"o'clock\", 'canary' from t -- 'canary'");

            assertThat(heard).hasSize(1);
            assertThat(heard.get(0))
                    .startsWith("test ")
                    .contains("select E'***'")
                    .doesNotContain("canary");
            assertThat(pool.stats().active()).isZero();
        }
    }

    @Test
    void listenerMayCloseTheConnection() throws SQLException {
        List<Connection> lent = new CopyOnWriteArrayList<>();
        try (ConnectionPool pool = FakeSource.pool(database)
                .slowQueryThreshold(Duration.ofNanos(1))
                .listener(new PoolListener() {
                    @Override
                    public void slowQuery(String name, SlowQuery query) {
                        try {
                            lent.get(0).close();
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                })
                .build()) {
            Connection connection = pool.getConnection();
            lent.add(connection);

            connection.createStatement().execute("select 1");

            assertThat(connection.isClosed()).isTrue();
            assertThat(pool.stats().idle()).isEqualTo(1);
            assertThat(pool.stats().discarded()).isZero();
        }
    }

    @Test
    void sqlTooLongToBeKeptIsShownShortenedAndNotExplained() throws SQLException {
        try (ConnectionPool pool = FakeSource.pool(database)
                .slowQueryThreshold(Duration.ofNanos(1))
                .build()) {
            execute(pool, "select " + "1,".repeat(60_000) + "1");
            SlowQuery slow = pool.slowQueries().get(0);

            assertThat(slow.sql()).hasSizeLessThan(600);
            assertThatThrownBy(() -> QueryPlans.on(DirectDataSource.of("jdbc:sqlite:unused.db"))
                            .explain(slow))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("too long to have been kept");
        }
    }
}
