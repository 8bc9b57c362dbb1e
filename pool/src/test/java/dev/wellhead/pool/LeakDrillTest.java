package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A method that forgets to close its connections exhausts a pool, and is found by what the pool says. */
class LeakDrillTest {
    private static final int SIZE = 3;

    private final LeapingTicker ticker = new LeapingTicker();
    private final List<BorrowedConnection> suspected = new CopyOnWriteArrayList<>();
    private final List<BorrowedConnection> reclaimed = new CopyOnWriteArrayList<>();
    private int guiltyLine;
    private TestDatabase database;

    @BeforeEach
    void open() {
        database = TestDatabase.postgres();
        database.execute("create table users (id int, name text)", "insert into users values (7, 'ada')");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private ConnectionPool.Builder builder() {
        return ConnectionPool.builder(database.url())
                .credentials(database.user(), database.password())
                .name("drill")
                .maxSize(SIZE)
                .minIdle(0)
                .ticker(ticker)
                .acquireTimeout(Duration.ofMillis(200))
                .leakThreshold(Duration.ofMinutes(1))
                .listener(new PoolListener() {
                    @Override
                    public void leakSuspected(String pool, BorrowedConnection borrowed) {
                        suspected.add(borrowed);
                    }

                    @Override
                    public void leakReclaimed(String pool, BorrowedConnection borrowed) {
                        reclaimed.add(borrowed);
                    }
                });
    }

    private static int line() {
        return StackWalker.getInstance()
                .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
    }

    private String nameOfUser(ConnectionPool pool, int id) throws SQLException {
        guiltyLine = line() + 1;
        Connection forgotten = pool.tryAcquire(Duration.ofSeconds(30)).orElseThrow();
        Statement statement = forgotten.createStatement();
        ResultSet rows = statement.executeQuery("select name from users where id = " + id + " and name <> 'secret'");
        return rows.next() ? rows.getString(1) : "";
    }

    private void exhaust(ConnectionPool pool) throws SQLException {
        for (int i = 0; i < SIZE; i++) {
            // At a human pace: some loans in each tenth of a second remember their stack.
            pool.housekeep();
            nameOfUser(pool, 7);
        }
    }

    private StackTraceElement guilty(BorrowedConnection borrowed) {
        return borrowed.stack().stream()
                .filter(frame -> frame.getClassName().equals(LeakDrillTest.class.getName()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void messageOfTheTimeoutNamesWhereTheOldestWasBorrowed() throws SQLException {
        try (ConnectionPool pool = builder().build()) {
            exhaust(pool);

            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(PoolTimeoutException.class)
                    .hasMessageContaining("(size 3/3, idle 0")
                    .hasMessageContaining("oldest borrowed")
                    .hasMessageContaining("at LeakDrillTest.nameOfUser:" + guiltyLine);
            pool.close(Duration.ZERO);
        }
    }

    @Test
    void borrowedTellsThreadAgeSqlAndLineAndWhetherItRuns() throws Exception {
        try (ConnectionPool pool = builder().maxSize(SIZE + 1).build()) {
            exhaust(pool);
            Caller<Boolean> slow = Caller.start(() -> {
                try (Connection connection =
                                pool.tryAcquire(Duration.ofSeconds(30)).orElseThrow();
                        Statement statement = connection.createStatement()) {
                    return statement.execute("select pg_sleep(600)");
                }
            });
            await().until(() -> pool.borrowed().stream().anyMatch(BorrowedConnection::running));
            ticker.leap(Duration.ofSeconds(41));

            List<BorrowedConnection> borrowed = pool.borrowed();

            assertThat(borrowed).hasSize(SIZE + 1).allSatisfy(each -> {
                assertThat(each.age()).isBetween(Duration.ofSeconds(41), Duration.ofMinutes(5));
                assertThat(each.inactive()).isBetween(Duration.ofSeconds(41), Duration.ofMinutes(5));
            });
            assertThat(borrowed.stream().filter(BorrowedConnection::running))
                    .singleElement()
                    .satisfies(each -> assertThat(each.lastSql()).hasValue("select pg_sleep(600)"));
            assertThat(borrowed.stream().filter(each -> !each.running()))
                    .hasSize(SIZE)
                    .allSatisfy(each -> {
                        assertThat(each.thread())
                                .isEqualTo(Thread.currentThread().getName());
                        assertThat(each.lastSql()).hasValue("select name from users where id = 7 and name <> '***'");
                        assertThat(guilty(each).getMethodName()).isEqualTo("nameOfUser");
                        assertThat(guilty(each).getLineNumber()).isEqualTo(guiltyLine);
                    });
            pool.close(Duration.ZERO);
            assertThatThrownBy(slow::result).hasCauseInstanceOf(SQLException.class);
        }
    }

    @Test
    void leakReportNamesClassMethodAndLine() throws SQLException {
        try (ConnectionPool pool = builder().build()) {
            exhaust(pool);
            ticker.leap(Duration.ofSeconds(61));

            pool.housekeep();
            pool.housekeep();

            assertThat(suspected).hasSize(SIZE).allSatisfy(each -> {
                assertThat(guilty(each).getMethodName()).isEqualTo("nameOfUser");
                assertThat(guilty(each).getLineNumber()).isEqualTo(guiltyLine);
                assertThat(each.thread()).isEqualTo(Thread.currentThread().getName());
                assertThat(each.lastSql().orElseThrow()).startsWith("select name from users");
            });
            assertThat(pool.stats().leaksReported()).isEqualTo(SIZE);
            // Reported, and left alone.
            assertThat(pool.tryAcquire(Duration.ofMillis(50))).isEmpty();
            pool.close(Duration.ZERO);
        }
    }

    @Test
    void poolHealsOnceLeaksAreReclaimed() throws SQLException {
        try (ConnectionPool pool = builder().reclaimAfter(Duration.ofMinutes(5)).build()) {
            exhaust(pool);
            String before = sessions();
            ticker.leap(Duration.ofMinutes(6));

            pool.housekeep();
            ticker.leap(Duration.ofSeconds(3));
            pool.housekeep();

            for (int i = 0; i < 10; i++) {
                try (Connection connection =
                                pool.tryAcquire(Duration.ofSeconds(30)).orElseThrow();
                        Statement statement = connection.createStatement()) {
                    assertThat(statement.execute("select 1")).isTrue();
                }
            }
            assertThat(reclaimed).hasSize(SIZE);
            assertThat(reclaimed.get(0).stack()).isNotEmpty();
            assertThat(pool.stats().reclaimed()).isEqualTo(SIZE);
            assertThat(pool.stats().active()).isZero();
            assertThat(before).isEqualTo("3");
            await().untilAsserted(() -> assertThat(sessions()).isEqualTo("1"));
        }
    }

    private String sessions() {
        return database.queryOne("select count(*) from pg_stat_activity where datname = current_database()"
                + " and pid <> pg_backend_pid()");
    }
}
