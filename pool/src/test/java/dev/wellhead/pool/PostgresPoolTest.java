package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postgresql.jdbc.PgConnection;

class PostgresPoolTest {
    private final LeapingTicker ticker = new LeapingTicker();

    private ConnectionPool.Builder pool(TestDatabase database) {
        return ConnectionPool.builder(database.url())
                .credentials(database.user(), database.password())
                .name("pg")
                .ticker(ticker)
                .minIdle(0)
                .acquireTimeout(Duration.ofSeconds(30));
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static String behind(FaultProxy proxy, TestDatabase database) {
        return "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database.name();
    }

    @Test
    void sessionKilledByTheAdministratorIsDiscarded() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                ConnectionPool pool = pool(database).maxSize(1).build()) {
            try (Connection connection = pool.getConnection()) {
                database.execute("select pg_terminate_backend(" + one(connection, "select pg_backend_pid()") + ")");

                assertThatThrownBy(() -> one(connection, "select 1")).hasFieldOrPropertyWithValue("SQLState", "57P01");
            }

            try (Connection connection = pool.getConnection()) {
                assertThat(one(connection, "select 1")).isEqualTo("1");
            }
            assertThat(pool.stats().created()).isEqualTo(2);
        }
    }

    @Test
    void serverThatRefusesToWriteIsLeftIfAPrimaryIsRequired() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                ConnectionPool pool =
                        pool(database).maxSize(1).primaryRequired().build()) {
            database.execute("create table notes (id int)");
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                // Answered as a standby answers.
                connection.setReadOnly(true);
                connection.setAutoCommit(false);

                assertThatThrownBy(() -> statement.execute("insert into notes values (1)"))
                        .hasFieldOrPropertyWithValue("SQLState", "25006");
            }

            pool.getConnection().close();
            assertThat(pool.stats().created()).isEqualTo(2);
        }
    }

    @Test
    void sessionFoundDeadThroughItsCatalogueIsDiscarded() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                ConnectionPool pool = pool(database).maxSize(1).build()) {
            int pid;
            try (Connection connection = pool.getConnection()) {
                pid = connection.unwrap(PgConnection.class).getBackendPID();
            }
            try (Connection connection = pool.getConnection()) {
                DatabaseMetaData catalogue = connection.getMetaData();
                database.execute("select pg_terminate_backend(" + pid + ")");

                assertThatThrownBy(catalogue::getSQLKeywords).hasFieldOrPropertyWithValue("SQLState", "57P01");
            }

            try (Connection connection = pool.getConnection()) {
                assertThat(one(connection, "select 1")).isEqualTo("1");
            }
            assertThat(pool.stats().created()).isEqualTo(2);
        }
    }

    @Test
    void rowsOfACursorLeadBackAndDieWithTheLoan() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                ConnectionPool pool = pool(database).maxSize(1).build()) {
            database.execute("create function news() returns refcursor language plpgsql as"
                    + " $$ declare c refcursor; begin open c for select 42; return c; end $$");
            Connection connection = pool.getConnection();
            connection.setAutoCommit(false);
            Statement statement = connection.createStatement();
            ResultSet answer = statement.executeQuery("select news()");
            answer.next();

            ResultSet rows = (ResultSet) answer.getObject(1);

            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(42);
            assertThat(rows.getStatement()).isSameAs(statement);
            connection.close();
            assertThat(rows.isClosed()).isTrue();
            assertThatThrownBy(rows::next).hasFieldOrPropertyWithValue("SQLState", "08003");
        }
    }

    @Test
    void idleSessionsKilledByTheAdministratorAreNotLent() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                ConnectionPool pool = pool(database).maxSize(3).minIdle(3).build()) {
            await().until(() -> pool.stats().idle() == 3);
            ticker.leap(Duration.ofMillis(600));
            pool.housekeep();
            database.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and pid <> pg_backend_pid()");

            for (int i = 0; i < 6; i++) {
                try (Connection connection = pool.getConnection()) {
                    assertThat(one(connection, "select 1")).isEqualTo("1");
                }
            }
        }
    }

    @Test
    void everythingABorrowerChangedThroughJdbcIsRestored() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                ConnectionPool pool = pool(database).maxSize(1).build()) {
            database.execute("create schema other");
            try (Connection connection = pool.getConnection()) {
                connection.setReadOnly(true);
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                connection.setSchema("other");
                connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
                connection.setNetworkTimeout(Runnable::run, 12_345);
                connection.setTypeMap(Map.of("point", String.class));
                connection.setClientInfo("ApplicationName", "borrower");
                connection.setAutoCommit(false);
                one(connection, "select 1");
            }

            try (Connection connection = pool.getConnection()) {
                assertThat(connection.isReadOnly()).isFalse();
                assertThat(connection.getAutoCommit()).isTrue();
                assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                assertThat(connection.getSchema()).isEqualTo("public");
                assertThat(connection.getHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
                assertThat(connection.getNetworkTimeout()).isZero();
                assertThat(connection.getTypeMap()).isEmpty();
                assertThat(one(connection, "show application_name")).isNotEqualTo("borrower");
            }
            assertThat(pool.stats().created()).isEqualTo(1);
        }
    }

    @Test
    void transactionHiddenInAScriptIsRolledBack() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                ConnectionPool pool = pool(database).maxSize(1).build()) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("select 1; begin; create table hidden (id int)");
            }

            try (Connection connection = pool.getConnection()) {
                assertThat(one(connection, "select to_regclass('hidden') is null"))
                        .isEqualTo("t");
                assertThat(one(connection, "select count(*) from pg_stat_activity where state like 'idle in%'"))
                        .isEqualTo("0");
            }
            assertThat(pool.stats().created()).isEqualTo(1);
        }
    }

    @Test
    void transactionThatAGetterOpensIsRolledBackWhereAutoCommitIsOffFromTheStart() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                ConnectionPool pool = pool(database)
                        .maxSize(1)
                        .setup(connection -> connection.setAutoCommit(false))
                        .build()) {
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getSchema()).isEqualTo("public");
            }

            assertThat(database.queryOne("select count(*) from pg_stat_activity where state like 'idle in%'"
                            + " and datname = current_database()"))
                    .isEqualTo("0");
        }
    }

    @Test
    void transactionBegunOnTheDriversOwnConnectionIsRolledBack() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                ConnectionPool pool = pool(database).maxSize(1).build()) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.unwrap(PgConnection.class).createStatement()) {
                statement.execute("begin");
            }

            assertThat(database.queryOne("select count(*) from pg_stat_activity where state like 'idle in%'"
                            + " and datname = current_database()"))
                    .isEqualTo("0");
        }
    }

    @Test
    void poolOutlivesAServerThatIsKilledAndComesBack() throws SQLException {
        try (PostgresServer server = PostgresServer.builder().start();
                ConnectionPool pool = ConnectionPool.builder(server.url("postgres"))
                        .credentials(server.user(), server.password())
                        .name("restart")
                        .maxSize(3)
                        .build()) {
            try (Connection connection = pool.getConnection()) {
                assertThat(one(connection, "select 1")).isEqualTo("1");
                server.kill();
                assertThatThrownBy(() -> one(connection, "select 1")).isInstanceOf(SQLException.class);
            }
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(pool.health().status()).isEqualTo(Health.Status.DOWN);
                assertThatThrownBy(pool::getConnection).isInstanceOf(PoolUnavailableException.class);
            });

            server.start();

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(pool.health().status()).isEqualTo(Health.Status.UP));
            try (Connection connection = pool.getConnection()) {
                assertThat(one(connection, "select 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void deadlineHoldsWhileTheNetworkIsFrozen() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                FaultProxy proxy = FaultProxy.to(PostgresServer.shared().port());
                ConnectionPool pool = ConnectionPool.builder(behind(proxy, database))
                        .credentials(database.user(), database.password())
                        .name("frozen")
                        .ticker(ticker)
                        .maxSize(2)
                        .minIdle(0)
                        .connectTimeout(Duration.ofSeconds(1))
                        .validationTimeout(Duration.ofSeconds(1))
                        .acquireTimeout(Duration.ofMillis(300))
                        .build()) {
            pool.tryAcquire(Duration.ofSeconds(30)).orElseThrow().close();
            ticker.leap(Duration.ofMillis(600));
            pool.housekeep();
            proxy.freeze();
            long start = System.nanoTime();

            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
            proxy.heal();

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                try (Connection connection = pool.getConnection()) {
                    assertThat(one(connection, "select 1")).isEqualTo("1");
                }
            });
        }
    }

    @Test
    void healthCheckWithoutTimeoutOfItsOwnEndsWithThePools() throws Exception {
        try (TestDatabase database = TestDatabase.postgres();
                FaultProxy proxy = FaultProxy.to(PostgresServer.shared().port());
                ConnectionPool pool = ConnectionPool.builder(behind(proxy, database))
                        .credentials(database.user(), database.password())
                        .minIdle(0)
                        .validationTimeout(Duration.ofMillis(300))
                        .build()) {
            Connection connection = pool.getConnection();
            boolean before = connection.isValid(0);
            proxy.freeze();

            Caller<Boolean> check = Caller.start(() -> connection.isValid(0));

            assertThat(before).isTrue();
            assertThat(check.result()).isFalse();
            connection.close();
        }
    }

    @Test
    void closeByForceStopsTheQueryOnTheServer() throws Exception {
        try (TestDatabase database = TestDatabase.postgres()) {
            ConnectionPool pool = pool(database).maxSize(1).build();
            Connection connection = pool.getConnection();
            Caller<String> query = Caller.start(() -> one(connection, "select pg_sleep(600)"));
            String running = "select count(*) from pg_stat_activity where state = 'active'"
                    + " and query like 'select pg_sleep%' and datname = current_database()";
            await().until(() -> "1".equals(database.queryOne(running)));

            pool.close(Duration.ofMillis(10));

            assertThatThrownBy(query::result).hasCauseInstanceOf(SQLException.class);
            await().until(() -> "0".equals(database.queryOne(running)));
        }
    }

    @Test
    void credentialsShowNowhere() {
        String secret = "canary-in-the-pool";
        try (TestDatabase database = TestDatabase.postgres();
                ConnectionPool pool = ConnectionPool.builder(database.url() + "?password=" + secret + "&user=nobody")
                        .name("secrets")
                        .build();
                ConnectionPool noDriver = ConnectionPool.builder("jdbc:nothing://nobody:" + secret + "@host/db")
                        .name("nodriver")
                        .build()) {
            for (ConnectionPool each : new ConnectionPool[] {pool, noDriver}) {
                assertThatThrownBy(each::getConnection)
                        .isInstanceOf(SQLException.class)
                        .satisfies(e -> {
                            StringWriter trace = new StringWriter();
                            e.printStackTrace(new PrintWriter(trace));
                            assertThat(trace.toString()).doesNotContain(secret);
                        });
                assertThat(each.toString() + each.direct() + each.health()).doesNotContain(secret);
            }
        }
    }
}
