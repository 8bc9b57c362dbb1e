package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The part of the probes that needs a server which can be away. */
abstract class ServerProbeContract extends ProbeContract {
    /** Has each attempt to connect hang from now on. */
    abstract void hang();

    /** Refuses attempts to connect and cuts what is open. */
    abstract void refuse();

    /** Ends either. */
    abstract void heal();

    /** Ends the session of this connection on the server. */
    abstract void terminate(Connection connection) throws SQLException;

    @Test
    final void connectThatHangsCostsNoMoreThanTheTimeout() {
        ConnectionPool pool = pool(one().acquireTimeout(Duration.ofMillis(500)));
        hang();
        long start = System.nanoTime();

        assertThatThrownBy(pool::getConnection).isInstanceOf(PoolTimeoutException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(500), Duration.ofMillis(3500));
        heal();
    }

    @Test
    final void refusedCallersFailFastAndTheServerIsNotStormed() throws Exception {
        refuse();
        ConnectionPool pool = pool(plain().acquireTimeout(Duration.ofSeconds(30)));
        List<Caller<Boolean>> callers = new ArrayList<>();
        long start = System.nanoTime();

        for (int i = 0; i < 20; i++) {
            callers.add(Caller.start(() -> {
                assertThatThrownBy(pool::getConnection)
                        .isInstanceOf(PoolUnavailableException.class)
                        .hasCauseInstanceOf(SQLException.class);
                return true;
            }));
        }
        for (Caller<Boolean> caller : callers) {
            caller.result();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(pool.stats().connectFailures()).isBetween(2L, 30L);
    }

    @Test
    final void outageIsSurvivedWithDefaultSettingsAndWithoutAStorm() throws Exception {
        ConnectionPool pool = pool(plain());
        pool.getConnection().close();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        List<Caller<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(Caller.start(() -> work(pool, stop, served)));
        }
        await().until(() -> served.get() > 50);

        refuse();
        await().until(() -> pool.health().detail().contains("cannot be reached"));
        long failuresBefore = pool.stats().connectFailures();
        long outage = System.nanoTime();
        await().until(() -> pool.stats().connectFailures() >= failuresBefore + 3);
        long seconds = 1 + Duration.ofNanos(System.nanoTime() - outage).toSeconds();
        long failures = pool.stats().connectFailures() - failuresBefore;
        heal();
        int servedBefore = served.get();

        await().until(() -> served.get() > servedBefore + 50);
        stop.set(true);
        for (Caller<Boolean> caller : callers) {
            caller.result();
        }
        // One attempt at a time, with pauses of a fifth of a second.
        assertThat(failures).isLessThanOrEqualTo(10 * seconds);
        assertThat(pool.health().detail()).doesNotContain("cannot be reached");
    }

    private boolean work(ConnectionPool pool, AtomicBoolean stop, AtomicInteger served) {
        while (!stop.get()) {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                write(connection);
                served.incrementAndGet();
            } catch (SQLException e) {
                // As callers do in an outage: again.
                Thread.yield();
            }
        }
        return true;
    }

    @Test
    final void sessionThatTheServerEndedIsDiscarded() throws SQLException {
        ConnectionPool pool = pool(one());
        try (Connection connection = pool.getConnection()) {
            terminate(connection);

            assertThatThrownBy(() -> connection.createStatement().execute("select 1"))
                    .hasFieldOrPropertyWithValue("SQLState", "57P01");
            heal();
        }

        try (Connection connection = pool.getConnection()) {
            assertThat(connection.createStatement().execute("select 1")).isIn(true, false);
        }
        assertThat(pool.stats().created()).isEqualTo(2);
    }

    @Test
    final void connectionThatCannotBeRolledBackIsDiscarded() throws SQLException {
        ConnectionPool pool = pool(one());
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            write(connection);

            makeRollbackFail(connection);
        }
        heal();

        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
            write(connection);
        }
        assertThat(pool.stats().created()).isEqualTo(2);
    }

    /** Has the next rollback of this connection fail. */
    abstract void makeRollbackFail(Connection connection) throws SQLException;
}
