package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.ManualTicker;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReturnTest {
    private final FakeDatabase database = new FakeDatabase();
    private final ManualTicker ticker = new ManualTicker();
    private final List<String> reasons = new ArrayList<>();
    private final ConnectionPool pool = FakeSource.pool(database)
            .maxSize(1)
            .ticker(ticker)
            .listener(new PoolListener() {
                @Override
                public void connectionDiscarded(String name, String reason) {
                    reasons.add(reason);
                }
            })
            .build();

    @AfterEach
    void close() {
        pool.close(Duration.ZERO);
    }

    private FakeDatabase.Session only() {
        return database.sessions.get(database.sessions.size() - 1);
    }

    @Test
    void openTransactionIsRolledBackNeverCommitted() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert");
        }

        assertThat(only().commits).hasValue(0);
        assertThat(only().rollbacks).hasValue(1);
        assertThat(only().isPristine()).isTrue();
        assertThat(database.connects).hasValue(1);
    }

    @Test
    void transactionBegunBySqlIsRolledBack() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("begin");
        }

        assertThat(only().rollbacks).hasValue(1);
        assertThat(only().commits).hasValue(0);
        assertThat(only().isPristine()).isTrue();
    }

    @Test
    void connectionThatItsBorrowerFoundDeadIsDiscarded() throws SQLException {
        Connection connection = pool.getConnection();
        FakeDatabase.session(connection).dead = true;
        assertThat(connection.isValid(1)).isFalse();

        connection.close();

        try (Connection next = pool.getConnection()) {
            assertThat(next.isValid(1)).isTrue();
        }
        assertThat(reasons).containsExactly("found dead by its borrower");
    }

    @Test
    void connectionThatTheDriverClosedIsDiscardedOnceItsBorrowerSawIt() throws SQLException {
        Connection connection = pool.getConnection();
        FakeDatabase.session(connection).connection.close();
        assertThat(connection.isClosed()).isTrue();

        connection.close();

        try (Connection next = pool.getConnection()) {
            assertThat(next.isClosed()).isFalse();
        }
        assertThat(reasons).hasSize(1);
    }

    @Test
    void transactionBegunPastThePoolIsRolledBack() throws SQLException {
        Connection connection = pool.getConnection();
        FakeDatabase.Session session = FakeDatabase.session(connection);
        connection.unwrap(FakeDatabase.FakeConnection.class).createStatement().execute("begin");

        connection.close();

        assertThat(session.inTransaction).isFalse();
        assertThat(session.commits).hasValue(0);
    }

    @Test
    void everyPropertyIsRestored() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setCatalog("other");
            connection.setSchema("other");
            connection.setHoldability(2);
            connection.setNetworkTimeout(Runnable::run, 1234);
            connection.setTypeMap(Map.of("x", String.class));
            connection.setAutoCommit(false);
            connection.prepareStatement("select 1");
            connection.createStatement();
            assertThat(only().isPristine()).isFalse();
        }

        assertThat(only().isPristine()).isTrue();
        assertThat(reasons).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rollback", "setAutoCommit", "setSchema", "clearWarnings", "isClosed", "getAutoCommit"})
    void anyExceptionOnReturnDiscardsTheConnection(String method) throws SQLException {
        Connection connection = pool.getConnection();
        connection.setSchema("other");
        connection.setAutoCommit(false);
        database.faults.put(method, FakeDatabase.failing("XX000"));

        connection.close();
        database.faults.clear();

        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        pool.getConnection().close();
        assertThat(database.connects).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "setReadOnly",
                "setTransactionIsolation",
                "setCatalog",
                "setSchema",
                "setHoldability",
                "setNetworkTimeout",
                "setTypeMap",
                "setClientInfo",
                "close of a statement"
            })
    void connectionThatCannotBeMadeAsNewIsDiscarded(String method) throws SQLException {
        Connection connection = pool.getConnection();
        connection.createStatement();
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setCatalog("other");
        connection.setSchema("other");
        connection.setHoldability(2);
        connection.setNetworkTimeout(Runnable::run, 1234);
        connection.setTypeMap(Map.of("x", String.class));
        connection.setClientInfo(new Properties());
        database.faults.put(method, () -> {
            throw new SQLClientInfoException("asked to fail", "XX000", Map.of());
        });

        connection.close();
        database.faults.clear();

        assertThat(reasons).containsExactly("could not be restored: asked to fail (SQLState XX000)");
        pool.getConnection().close();
        assertThat(database.connects).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"getNetworkTimeout", "getHoldability", "getTypeMap", "isReadOnly", "getSchema"})
    void propertyThatTheDriverDoesNotTellCostsTheConnectionOnlyIfItWasChanged(String getter) throws SQLException {
        database.faults.put(getter, () -> {
            throw new SQLFeatureNotSupportedException(getter);
        });
        try (Connection connection = pool.getConnection()) {
            connection.setCatalog("other");
        }
        assertThat(reasons).isEmpty();

        try (Connection connection = pool.getConnection()) {
            connection.setReadOnly(true);
            connection.setSchema("other");
            connection.setHoldability(2);
            connection.setNetworkTimeout(Runnable::run, 1234);
            connection.setTypeMap(Map.of("x", String.class));
        }

        assertThat(reasons)
                .containsExactly("could not be restored: changed, and the driver does not tell what it was before");
        assertThat(database.connects).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rollback", "clearWarnings"})
    void uncheckedExceptionOfTheDriverDiscardsTheConnectionAndKeepsTheSlot(String method) throws SQLException {
        Connection connection = pool.getConnection();
        connection.setAutoCommit(false);
        database.faults.put(method, () -> {
            throw new IllegalStateException("driver bug");
        });

        connection.close();
        database.faults.clear();

        pool.getConnection().close();
        assertThat(database.connects).hasValue(2);
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void errorOfTheDriverStillGivesTheSlotBack() throws SQLException {
        Connection connection = pool.getConnection();
        connection.setReadOnly(true);
        database.faults.put("clearWarnings", () -> {
            throw new StackOverflowError();
        });

        assertThatThrownBy(connection::close).isInstanceOf(StackOverflowError.class);
        database.faults.clear();

        pool.getConnection().close();
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void connectionThatFailsToCloseFreesItsSlot() throws SQLException {
        Connection connection = pool.getConnection();
        database.faults.put("close", FakeDatabase.failing("XX000"));
        database.faults.put("rollback", FakeDatabase.failing("XX000"));
        connection.setAutoCommit(false);

        connection.close();

        await().untilAsserted(() -> assertThat(pool.stats().size()).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "08003", "57P01", "57P02", "57P03"})
    void fatalErrorSeenByTheBorrowerDiscardsTheConnection(String state) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            database.faults.put("execute", FakeDatabase.failing(state));
            assertThatThrownBy(() -> statement.execute("select")).hasMessage("asked to fail");
        }
        database.faults.clear();

        pool.getConnection().close();

        assertThat(database.connects).hasValue(2);
        assertThat(reasons).singleElement().asString().contains(state);
    }

    @Test
    void fatalErrorInAChainIsFoundAndOthersAreNot() throws SQLException {
        SQLException chained = new SQLException("batch failed", "XX000");
        chained.setNextException(new SQLException("link lost", "08006"));
        database.faults.put("execute", () -> {
            throw chained;
        });
        fail("select");
        database.faults.put("execute", FakeDatabase.failing("23505"));
        fail("select");
        database.faults.clear();

        pool.getConnection().close();

        assertThat(database.connects).hasValue(2);
    }

    @Test
    void sessionChangedOnADatabaseWithoutAResetIsRolledBackAndDiscarded() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert");
            statement.execute("set x = 1");
        }

        assertThat(only().rollbacks).hasValue(1);
        assertThat(only().commits).hasValue(0);
        assertThat(reasons)
                .containsExactly("the session may have been changed by SQL, and this database cannot reset it");
        pool.getConnection().close();
        assertThat(database.connects).hasValue(2);
    }

    @Test
    void planThatNoLongerFitsRetiresTheConnectionAndOtherMissingFeaturesDoNot() throws SQLException {
        database.faults.put("execute", FakeDatabase.failing("0A000"));
        fail("select");
        assertThat(reasons).isEmpty();
        database.faults.put("execute", () -> {
            throw new SQLException("ERROR: cached plan must not change result type", "0A000");
        });

        fail("select");
        database.faults.clear();

        assertThat(reasons).containsExactly("a prepared statement no longer fits its table, SQLState 0A000");
    }

    private void fail(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void staleProxyNeverTouchesTheNextBorrowersConnection() throws SQLException {
        Connection stale = pool.getConnection();
        Statement staleStatement = stale.createStatement();
        stale.close();
        Connection next = pool.getConnection();
        next.setAutoCommit(false);
        next.createStatement().execute("insert");

        stale.close();
        staleStatement.close();
        stale.abort(Runnable::run);

        assertThatThrownBy(stale::commit)
                .isInstanceOfSatisfying(ConnectionClosedException.class, e -> {
                    assertThat(e.getSQLState()).isEqualTo("08003");
                    assertThat(e.code()).isEqualTo("WH-POOL-005");
                })
                .hasMessageContaining("was closed and given back");
        assertThatThrownBy(() -> stale.setAutoCommit(true)).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(() -> stale.setClientInfo("a", "b")).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(() -> staleStatement.execute("x")).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(staleStatement::cancel).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThat(stale.isClosed()).isTrue();
        assertThat(stale.isValid(1)).isFalse();
        assertThat(staleStatement.isClosed()).isTrue();
        assertThat(only().inTransaction).isTrue();
        assertThat(only().commits).hasValue(0);
        assertThat(pool.stats().active()).isEqualTo(1);
        next.close();
    }

    @Test
    void closeInTheMiddleOfACallOfAnotherThreadDiscardsTheConnection() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Connection connection = pool.getConnection();
        database.faults.put("commit", () -> {
            inside.countDown();
            goOn.await();
        });
        Caller<Boolean> working = Caller.start(() -> {
            connection.commit();
            return true;
        });
        inside.await();

        connection.close();
        Connection next = pool.getConnection();
        goOn.countDown();
        assertThatThrownBy(working::result).hasRootCauseMessage("this connection is closed");

        assertThat(database.connects).hasValue(2);
        assertThat(only().commits).hasValue(0);
        next.close();
    }

    @Test
    void manyThreadsClosingTheSameConnectionGiveItBackOnce() throws Exception {
        for (int round = 0; round < 100; round++) {
            Connection connection = pool.getConnection();
            CountDownLatch start = new CountDownLatch(1);
            List<Caller<Boolean>> closers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                closers.add(Caller.start(() -> {
                    start.await();
                    connection.close();
                    return true;
                }));
            }
            start.countDown();
            for (Caller<Boolean> closer : closers) {
                closer.result();
            }
            assertThat(pool.stats().idle()).isEqualTo(1);
        }

        assertThat(only().rollbacks).hasValue(0);
        assertThat(database.connects).hasValue(1);
    }

    @Test
    void abortCutsTheConnectionAndFreesTheSlot() throws SQLException {
        Connection connection = pool.getConnection();

        connection.abort(Runnable::run);
        connection.close();

        pool.getConnection().close();
        assertThat(database.connects).hasValue(2);
    }

    @Test
    void connectionIdleForLongIsValidatedBeforeItIsLent() throws SQLException {
        pool.getConnection().close();
        ticker.advance(Duration.ofMillis(499));
        pool.housekeep();
        pool.getConnection().close();
        assertThat(only().validations).hasValue(0);

        ticker.advance(Duration.ofMillis(501));
        pool.housekeep();
        pool.getConnection().close();

        assertThat(only().validations).hasValue(1);
    }

    @Test
    void deadConnectionIsReplacedBeforeItIsLent() throws SQLException {
        pool.getConnection().close();
        only().dead = true;
        ticker.advance(Duration.ofSeconds(1));
        pool.housekeep();

        try (Connection connection = pool.getConnection()) {
            assertThat(FakeDatabase.session(connection).dead).isFalse();
        }

        assertThat(reasons).containsExactly("found dead");
    }

    @Test
    void connectionPastItsLifetimeIsReplacedWhenItComesBack() throws SQLException {
        Connection connection = pool.getConnection();
        ticker.advance(Duration.ofMinutes(31));
        pool.housekeep();
        connection.close();

        pool.getConnection().close();

        assertThat(database.connects).hasValue(2);
        assertThat(reasons).containsExactly("max lifetime reached");
    }

    @Test
    void clockGoingBackExpiresNothing() throws SQLException {
        Connection connection = pool.getConnection();
        ticker.advance(Duration.ofDays(-30));
        pool.housekeep();
        connection.close();

        pool.getConnection().close();

        assertThat(database.connects).hasValue(1);
    }
}
