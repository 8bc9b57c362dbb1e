package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.PostgresReplica;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** What a server and a network can do to a pool; after each fault the pool heals by itself, and its books agree with the server's. */
class PostgresFaultTest {
    private static final int CALLERS = 8;
    private static final int SIZE = 4;
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    // Two seconds are promised; what is asserted leaves room for a busy machine.
    private static final Duration HEALED_WITHIN = Duration.ofSeconds(10);
    private static final AtomicInteger POOLS = new AtomicInteger();

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.builder().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String nextName() {
        return "fault" + POOLS.incrementAndGet();
    }

    private static ConnectionPool.Builder pool(String url, String name) {
        return ConnectionPool.builder(url)
                .credentials(server.user(), server.password())
                .driverProperty("ApplicationName", name)
                .driverProperty("socketTimeout", "2")
                .name(name)
                .maxSize(SIZE)
                .connectTimeout(Duration.ofSeconds(1))
                .validationTimeout(Duration.ofSeconds(1))
                .acquireTimeout(DEADLINE);
    }

    private static String behind(FaultProxy proxy, TestDatabase database) {
        return "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database.name();
    }

    private static String backends(TestDatabase database, String name) {
        return database.queryOne("select count(*) from pg_stat_activity where application_name = '" + name + "'");
    }

    private static void terminateAll(TestDatabase database, String name) {
        database.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '" + name + "'");
    }

    /** A fault that a test brings about, with the load under way, and ends again. */
    private interface Fault {
        void strike(FaultLoad load) throws Exception;
    }

    private static void heals(TestReporter report, TestDatabase database, String url, Fault fault) throws Exception {
        String name = nextName();
        database.execute(FaultLoad.TABLE);
        ConnectionPool pool = pool(url, name).build();
        try (pool;
                FaultLoad load = new FaultLoad(pool, CALLERS)) {
            load.awaitAllWork();

            fault.strike(load);

            FaultLoad.Healing healing = load.awaitHealed();
            load.stop();
            report.publishEntry("healed", healing + "; " + load + "; " + pool.stats());
            assertThat(healing.all()).isLessThan(HEALED_WITHIN);
            load.checkComplaints(DEADLINE);
            load.checkLedger(database);
            booksAgree(pool, database, name);
            allAreToBeHad(pool);
        }
        await().untilAsserted(() -> assertThat(backends(database, name)).isEqualTo("0"));
    }

    private static void booksAgree(ConnectionPool pool, TestDatabase database, String name) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            PoolStats stats = pool.stats();
            assertThat(stats.active()).isZero();
            assertThat(stats.waiting()).isZero();
            assertThat(stats.connecting()).isZero();
            assertThat(backends(database, name)).as("sessions on the server").isEqualTo("" + stats.size());
        });
    }

    private static void allAreToBeHad(ConnectionPool pool) throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            all.add(pool.tryAcquire(Duration.ofSeconds(20)).orElseThrow());
        }
        assertThat(pool.tryAcquire(Duration.ZERO)).isEmpty();
        for (Connection each : all) {
            each.close();
        }
    }

    @Test
    void poolHealsAfterTheServerWasKilled(TestReporter report) throws Exception {
        try (TestDatabase database = server.createDatabase()) {
            heals(report, database, database.url(), load -> {
                server.kill();
                load.awaitRefusal("WH-POOL-003");
                server.start();
            });
        }
    }

    @Test
    void poolHealsAfterTheServerWasRestarted(TestReporter report) throws Exception {
        try (TestDatabase database = server.createDatabase()) {
            heals(report, database, database.url(), load -> {
                server.stop();
                server.start();
            });
        }
    }

    @Test
    void poolHealsAfterTheServerStoodStill(TestReporter report) throws Exception {
        try (TestDatabase database = server.createDatabase()) {
            heals(report, database, database.url(), load -> {
                server.pause();
                try {
                    load.awaitBreaks(1);
                    load.awaitRefusal("WH-POOL-001");
                } finally {
                    server.resume();
                }
            });
        }
    }

    @Test
    void poolHealsAfterItsSessionsWereTerminatedAtWork(TestReporter report) throws Exception {
        try (TestDatabase database = server.createDatabase()) {
            String name = "fault" + (POOLS.get() + 1);
            heals(report, database, database.url(), load -> {
                for (int i = 1; i <= 5; i++) {
                    terminateAll(database, name);
                    load.awaitBreaks(i);
                    load.awaitAllWork();
                }
            });
        }
    }

    @Test
    void terminatedIdleSessionsCostOneBorrowerAtMost() throws SQLException {
        String name = nextName();
        try (TestDatabase database = server.createDatabase();
                ConnectionPool pool = pool(database.url(), name).minIdle(SIZE).build()) {
            await().until(() -> pool.stats().idle() == SIZE);
            allAreToBeHad(pool);
            terminateAll(database, name);
            await().until(() -> "0".equals(backends(database, name)));
            List<SQLException> failures = new ArrayList<>();

            for (int i = 0; i < 3 * SIZE; i++) {
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("select 1");
                } catch (SQLException e) {
                    failures.add(e);
                }
            }

            assertThat(failures)
                    .hasSizeLessThanOrEqualTo(1)
                    .allSatisfy(each -> assertThat(each.getSQLState()).isEqualTo("57P01"));
            booksAgree(pool, database, name);
        }
    }

    @Test
    void linkCutInMidResultIsReportedAndReplaced(TestReporter report) throws Exception {
        try (TestDatabase database = server.createDatabase();
                FaultProxy proxy = FaultProxy.to(server.port())) {
            heals(report, database, behind(proxy, database), load -> {
                proxy.cutAfter(20, FaultProxy.Direction.TO_CLIENT);
                load.awaitRefusal("WH-POOL-003");
                proxy.heal();
            });
        }
    }

    @Test
    void rowsThatEndInMidResultAreNotTakenForTheWholeResult() throws Exception {
        String name = nextName();
        try (TestDatabase database = server.createDatabase();
                FaultProxy proxy = FaultProxy.to(server.port());
                ConnectionPool pool =
                        pool(behind(proxy, database), name).maxSize(1).build()) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.setFetchSize(100);
                ResultSet rows = statement.executeQuery("select repeat('x', 1000) from generate_series(1, 10000)");
                assertThat(rows.next()).isTrue();
                proxy.cutAfter(250_000, FaultProxy.Direction.TO_CLIENT);

                assertThatThrownBy(() -> {
                            while (rows.next()) {
                                assertThat(rows.getString(1)).hasSize(1000);
                            }
                        })
                        .isInstanceOf(SQLException.class)
                        .extracting(e -> ((SQLException) e).getSQLState())
                        .asString()
                        .startsWith("08");
            }
            proxy.heal();

            await().untilAsserted(() -> pool.getConnection().close());
            booksAgree(pool, database, name);
        }
    }

    @Test
    void poolHealsAfterTheNetworkFroze(TestReporter report) throws Exception {
        try (TestDatabase database = server.createDatabase();
                FaultProxy proxy = FaultProxy.to(server.port())) {
            heals(report, database, behind(proxy, database), load -> {
                proxy.freeze();
                load.awaitBreaks(1);
                load.awaitRefusal("WH-POOL-001");
                proxy.heal();
            });
        }
    }

    @Test
    void poolHealsAfterTheNetworkForgotItsLinks(TestReporter report) throws Exception {
        try (TestDatabase database = server.createDatabase();
                FaultProxy proxy = FaultProxy.to(server.port())) {
            heals(report, database, behind(proxy, database), load -> {
                proxy.halfOpen();
                load.awaitBreaks(1);
                proxy.reset();
                proxy.heal();
            });
        }
    }

    @Test
    void poolHealsAfterTheServerWasRefusing(TestReporter report) throws Exception {
        try (TestDatabase database = server.createDatabase();
                FaultProxy proxy = FaultProxy.to(server.port())) {
            heals(report, database, behind(proxy, database), load -> {
                proxy.refuse();
                load.awaitRefusal("WH-POOL-003");
                proxy.heal();
            });
        }
    }

    @Test
    void poolHealsAfterItsLinksWereReset(TestReporter report) throws Exception {
        try (TestDatabase database = server.createDatabase();
                FaultProxy proxy = FaultProxy.to(server.port())) {
            heals(report, database, behind(proxy, database), load -> {
                proxy.reset();
                load.awaitBreaks(1);
            });
        }
    }

    @Test
    void slowNetworkCostsTimeAndNothingElse(TestReporter report) throws Exception {
        try (TestDatabase database = server.createDatabase();
                FaultProxy proxy = FaultProxy.to(server.port())) {
            heals(report, database, behind(proxy, database), load -> {
                proxy.delay(Duration.ofMillis(20));
                load.awaitAllWork();
                assertThat(load.broken()).as("broken by delay alone").isZero();
                assertThat(load.refused()).as("refused for delay alone").isZero();
                proxy.heal();
            });
        }
    }

    @Test
    void demotedPrimaryIsLeftForTheNewOneAfterOneFailure(TestReporter report) throws Exception {
        String name = nextName();
        try (PostgresServer primary = PostgresServer.builder().start();
                PostgresReplica replica = primary.replica();
                ConnectionPool pool = ConnectionPool.builder("jdbc:postgresql://127.0.0.1:" + primary.port()
                                + ",127.0.0.1:" + replica.server().port() + "/postgres?targetServerType=primary"
                                + "&hostRecheckSeconds=0")
                        .credentials(primary.user(), primary.password())
                        .driverProperty("ApplicationName", name)
                        .name(name)
                        .maxSize(SIZE)
                        .minIdle(SIZE)
                        .primaryRequired()
                        .acquireTimeout(Duration.ofSeconds(10))
                        .build()) {
            primary.administrate(FaultLoad.TABLE);
            await().until(() -> pool.stats().idle() == SIZE);
            replica.awaitCaughtUp();
            replica.promote();
            primary.administrate("alter system set default_transaction_read_only = on");
            primary.administrate("select pg_reload_conf()");
            awaitReadOnly(primary);
            List<SQLException> failures = new ArrayList<>();
            long start = System.nanoTime();

            for (int i = 0; i < 3 * SIZE; i++) {
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.executeUpdate("insert into ledger values (" + i + ", 0)");
                } catch (SQLException e) {
                    failures.add(e);
                }
            }

            report.publishEntry(
                    "healed",
                    failures.size() + " failures, all within " + (System.nanoTime() - start) / 1_000_000 + " ms");
            assertThat(failures)
                    .allSatisfy(each -> assertThat(each.getSQLState()).isEqualTo("25006"));
            assertThat(failures).hasSize(1);
            assertThat(count(replica.server(), "select count(*) from ledger")).isEqualTo(3L * SIZE - 1);
            await().untilAsserted(() -> {
                assertThat(count(replica.server(), sessions(name)))
                        .isEqualTo(pool.stats().size());
                assertThat(count(primary, sessions(name))).isZero();
            });
        }
    }

    private static String sessions(String name) {
        return "select count(*) from pg_stat_activity where application_name = '" + name + "'";
    }

    private static void awaitReadOnly(PostgresServer demoted) {
        await().until(() -> count(
                        demoted,
                        "select count(*) from pg_settings where name = 'default_transaction_read_only'"
                                + " and setting = 'on'")
                == 1);
    }

    private static long count(PostgresServer on, String sql) throws SQLException {
        try (Connection connection = on.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
