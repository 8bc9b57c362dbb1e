package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What pools were seen to get wrong, tried on one database: the part that any database can show. */
abstract class ProbeContract {
    private final List<ConnectionPool> pools = new ArrayList<>();

    /** Returns a builder with nothing set but where connections come from, and a name. */
    abstract ConnectionPool.Builder plain();

    /** Begins something in the transaction that is open. */
    abstract void write(Connection connection) throws SQLException;

    /** Asserts that what was begun is neither there nor holds a lock. */
    abstract void assertNothingWritten() throws SQLException;

    /** Returns the properties of a connection that this database lets a borrower change and ask for. */
    abstract List<String> properties();

    final ConnectionPool pool(ConnectionPool.Builder builder) {
        ConnectionPool pool = builder.build();
        pools.add(pool);
        return pool;
    }

    final ConnectionPool.Builder one() {
        return plain().maxSize(1).minIdle(0).acquireTimeout(Duration.ofSeconds(30));
    }

    @AfterEach
    final void closePools() {
        pools.forEach(pool -> pool.close(Duration.ZERO));
    }

    /** One property, as a borrower finds and leaves it. */
    private record Property(Change change, Look look) {
        interface Change {
            void make(Connection connection) throws SQLException;
        }

        interface Look {
            Object at(Connection connection) throws SQLException;
        }
    }

    private static Map<String, Property> everyProperty() {
        Map<String, Property> all = new LinkedHashMap<>();
        all.put("read-only", new Property(c -> c.setReadOnly(true), Connection::isReadOnly));
        all.put(
                "isolation",
                new Property(
                        c -> c.setTransactionIsolation(
                                c.getTransactionIsolation() == Connection.TRANSACTION_SERIALIZABLE
                                        ? Connection.TRANSACTION_READ_UNCOMMITTED
                                        : Connection.TRANSACTION_SERIALIZABLE),
                        Connection::getTransactionIsolation));
        all.put("catalog", new Property(c -> c.setCatalog("elsewhere"), Connection::getCatalog));
        all.put("schema", new Property(c -> c.setSchema("elsewhere"), Connection::getSchema));
        all.put(
                "holdability",
                new Property(
                        c -> c.setHoldability(
                                c.getHoldability() == ResultSet.CLOSE_CURSORS_AT_COMMIT
                                        ? ResultSet.HOLD_CURSORS_OVER_COMMIT
                                        : ResultSet.CLOSE_CURSORS_AT_COMMIT),
                        Connection::getHoldability));
        all.put(
                "network timeout",
                new Property(c -> c.setNetworkTimeout(Runnable::run, 54_321), Connection::getNetworkTimeout));
        all.put(
                "type map",
                new Property(
                        c -> c.setTypeMap(new LinkedHashMap<>(Map.of("point", String.class))), Connection::getTypeMap));
        all.put(
                "client info",
                new Property(c -> c.setClientInfo(clientInfo()), c -> String.valueOf(c.getClientInfo())));
        // Last, since some of the others want it on.
        all.put("autocommit", new Property(c -> c.setAutoCommit(false), Connection::getAutoCommit));
        return all;
    }

    private static Properties clientInfo() {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "borrower");
        return properties;
    }

    @Test
    final void openTransactionIsRolledBackAtClose() throws SQLException {
        ConnectionPool pool = pool(one());

        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            write(connection);
        }

        assertNothingWritten();
        assertThat(pool.stats().created()).isEqualTo(1);
    }

    @Test
    final void nothingABorrowerSetIsThereForTheNext() throws SQLException {
        ConnectionPool pool = pool(one());
        Map<String, Property> all = everyProperty();
        Map<String, Object> before = new LinkedHashMap<>();
        List<String> changed = new ArrayList<>();

        try (Connection connection = pool.getConnection()) {
            for (Map.Entry<String, Property> each : all.entrySet()) {
                if (change(connection, each.getValue(), each.getKey(), before)) {
                    changed.add(each.getKey());
                }
            }
        }

        assertThat(changed).containsExactlyInAnyOrderElementsOf(properties());
        try (Connection connection = pool.getConnection()) {
            for (String name : changed) {
                assertThat(all.get(name).look().at(connection)).as(name).isEqualTo(before.get(name));
            }
        }
    }

    private static boolean change(Connection connection, Property property, String name, Map<String, Object> before) {
        try {
            before.put(name, property.look().at(connection));
            property.change().make(connection);
            return !Objects.equals(property.look().at(connection), before.get(name));
        } catch (SQLException | UnsupportedOperationException e) {
            // Its driver does not have it, or not so.
            return false;
        }
    }

    @Test
    final void statementOfALoanThatIsOverRunsNowhere() throws SQLException {
        ConnectionPool pool = pool(one());
        Connection first = pool.getConnection();
        Statement old = first.createStatement();
        first.close();

        try (Connection next = pool.getConnection()) {
            next.setAutoCommit(false);

            assertThatThrownBy(() -> old.execute("select 1")).hasFieldOrPropertyWithValue("SQLState", "08003");
            assertThatThrownBy(old::getConnection).hasFieldOrPropertyWithValue("SQLState", "08003");
            old.close();

            write(next);
        }
        assertThat(pool.stats().created()).isEqualTo(1);
    }

    @Test
    final void interruptedThreadGetsWhatIsIdleAndKeepsItsFlag() throws Exception {
        ConnectionPool pool = pool(one());
        pool.getConnection().close();

        boolean flag = Caller.start(() -> {
                    Thread.currentThread().interrupt();
                    try (Connection connection = pool.getConnection()) {
                        return !connection.isClosed() && Thread.currentThread().isInterrupted();
                    }
                })
                .result();

        assertThat(flag).isTrue();
    }

    @Test
    final void poolThatClosesLetsABorrowerFinish() throws Exception {
        ConnectionPool pool = pool(one());
        Connection held = pool.getConnection();
        Caller<Boolean> closing = Caller.start(() -> {
            pool.close(Duration.ofMinutes(1));
            return true;
        });
        await().until(() -> pool.health().detail().contains("closed"));

        write(held);

        assertThat(closing.isDone()).isFalse();
        held.close();
        assertThat(closing.result()).isTrue();
        assertThat(pool.stats().size()).isZero();
    }

    @Test
    final void poolThatClosesTakesAwayWhatIsNotGivenBack() throws SQLException {
        ConnectionPool pool = pool(one());
        Connection held = pool.getConnection();
        held.setAutoCommit(false);
        write(held);

        pool.close(Duration.ofMillis(20));

        assertThat(held.isClosed()).isTrue();
        await().untilAsserted(this::assertNothingWritten);
        assertThat(pool.stats().size()).isZero();
        held.close();
    }

    @Test
    final void poolThatClosesReleasesWhoeverWaitsAtOnce() throws Exception {
        ConnectionPool pool = pool(one().acquireTimeout(Duration.ofMinutes(10)));
        Connection held = pool.getConnection();
        Caller<Connection> waiting = Caller.startWaiting(pool, pool::getConnection);

        Caller<Boolean> closing = Caller.start(() -> {
            pool.close(Duration.ofMinutes(10));
            return true;
        });

        assertThatThrownBy(waiting::result).hasCauseInstanceOf(ConnectionClosedException.class);
        assertThat(closing.isDone()).isFalse();
        held.close();
        closing.result();
    }
}
