package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcquireTest {
    private final FakeDatabase database = new FakeDatabase();
    private final List<ConnectionPool> pools = new ArrayList<>();

    @AfterEach
    void close() {
        pools.forEach(pool -> pool.close(Duration.ZERO));
    }

    private ConnectionPool pool(ConnectionPool.Builder builder) {
        ConnectionPool pool = builder.build();
        pools.add(pool);
        return pool;
    }

    private ConnectionPool.Builder builder() {
        return FakeSource.pool(database);
    }

    @Test
    void returnedConnectionIsLentAgain() throws SQLException {
        ConnectionPool pool = pool(builder().maxSize(3));

        for (int i = 0; i < 10; i++) {
            pool.getConnection().close();
        }

        assertThat(database.connects).hasValue(1);
        assertThat(pool.stats().acquired()).isEqualTo(10);
    }

    @Test
    void acquireFailsWithinTimeoutAndSaysHowThePoolStands() throws SQLException {
        ConnectionPool pool = pool(builder().maxSize(1).minIdle(1).acquireTimeout(Duration.ofMillis(150)));
        assertThat(pool.awaitWarm(Duration.ofSeconds(10))).isTrue();
        Connection held = pool.getConnection();
        long start = System.nanoTime();

        assertThatThrownBy(pool::getConnection)
                .isInstanceOfSatisfying(PoolTimeoutException.class, e -> {
                    assertThat(e.code()).isEqualTo("WH-POOL-001");
                    assertThat(e.getSQLState()).isEqualTo("08001");
                })
                .hasMessageContaining("pool 'test': no connection within 150 ms (size 1/1, idle 0")
                .hasMessageContaining("oldest borrowed")
                .hasMessageContaining("AcquireTest.acquireFailsWithinTimeoutAndSaysHowThePoolStands")
                .hasMessageContaining("raise maxSize or look for leaks");

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(150), Duration.ofSeconds(10));
        assertThat(pool.stats().timeouts()).isEqualTo(1);
        assertThat(pool.stats().waiting()).isZero();
        held.close();
        pool.getConnection().close();
    }

    @Test
    void poolWhoseConnectsTakeTooLongDoesNotAskForMoreOfThem() {
        CountDownLatch answered = new CountDownLatch(1);
        database.onConnect.set(answered::await);
        ConnectionPool pool = pool(builder().maxSize(3).acquireTimeout(Duration.ofMillis(150)));

        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(PoolTimeoutException.class)
                .hasMessageContaining("(size 0/3, idle 0, connecting ")
                .hasMessageContaining("connects take that long")
                .hasMessageNotContaining("maxSize");

        answered.countDown();
    }

    @Test
    void suspendedPoolSaysWhatEndsThat() {
        ConnectionPool pool = pool(builder().maxSize(1).acquireTimeout(Duration.ofMillis(150)));
        pool.suspend(Duration.ofMinutes(1));

        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(PoolTimeoutException.class)
                .hasMessageContaining("suspended")
                .hasMessageContaining("resume()");
    }

    @Test
    void waitersAreServedInOrderOfArrival() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1).acquireTimeout(Duration.ofSeconds(20)));
        Connection held = pool.getConnection();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Caller<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int number = i;
            callers.add(Caller.startWaiting(pool, () -> {
                try (Connection connection = pool.getConnection()) {
                    return order.add(number);
                }
            }));
        }

        held.close();
        for (Caller<Boolean> caller : callers) {
            caller.result();
        }

        assertThat(order).hasSize(12).isSorted();
    }

    @Test
    void newcomerDoesNotOvertakeWaiters() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1).acquireTimeout(Duration.ofSeconds(20)));
        Connection held = pool.getConnection();
        CountDownLatch release = new CountDownLatch(1);
        Caller<Boolean> first = Caller.startWaiting(pool, () -> {
            try (Connection connection = pool.getConnection()) {
                release.await();
                return true;
            }
        });

        held.close();
        Optional<Connection> newcomer = pool.tryAcquire(Duration.ZERO);
        release.countDown();

        assertThat(newcomer).isEmpty();
        assertThat(first.result()).isTrue();
    }

    @Test
    void tryAcquireIsEmptyWhenNothingComesInTime() throws SQLException {
        ConnectionPool pool = pool(builder().maxSize(1));
        try (Connection held = pool.getConnection()) {
            assertThat(pool.tryAcquire(Duration.ofMillis(20))).isEmpty();
            assertThat(pool.tryAcquire(Duration.ZERO)).isEmpty();
        }

        try (Connection connection = pool.tryAcquire(Duration.ofSeconds(5)).orElseThrow()) {
            assertThat(connection.isClosed()).isFalse();
        }
        assertThatThrownBy(() -> pool.tryAcquire(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeout");
    }

    @Test
    void callerBeyondMaxWaitersIsRefusedAtOnce() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1).maxWaiters(1).acquireTimeout(Duration.ofSeconds(20)));
        Connection held = pool.getConnection();
        Caller<Connection> waiting = Caller.startWaiting(pool, pool::getConnection);

        assertThatThrownBy(pool::getConnection)
                .isInstanceOfSatisfying(
                        PoolUnavailableException.class,
                        e -> assertThat(e.code()).isEqualTo("WH-POOL-002"))
                .hasMessageContaining("1 callers wait already");
        assertThat(pool.tryAcquire(Duration.ofSeconds(20))).isEmpty();

        held.close();
        waiting.result().close();
        assertThat(pool.stats().rejected()).isEqualTo(2);
    }

    @Test
    void interruptedWaiterKeepsItsFlagAndLosesNothing() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1).acquireTimeout(Duration.ofSeconds(20)));
        Connection held = pool.getConnection();
        Caller<Boolean> waiting = Caller.startWaiting(pool, () -> {
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOfSatisfying(
                            PoolUnavailableException.class,
                            e -> assertThat(e.code()).isEqualTo("WH-POOL-004"));
            return Thread.currentThread().isInterrupted();
        });

        waiting.thread().interrupt();

        assertThat(waiting.result()).isTrue();
        held.close();
        assertThat(pool.stats().idle()).isEqualTo(1);
        pool.getConnection().close();
    }

    @Test
    void interruptedThreadGetsAConnectionThatIsThere() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));
        pool.getConnection().close();

        boolean flagKept = Caller.start(() -> {
                    Thread.currentThread().interrupt();
                    pool.getConnection().close();
                    return Thread.currentThread().isInterrupted();
                })
                .result();

        assertThat(flagKept).isTrue();
    }

    @Test
    void connectionThatComesTooLateGoesToTheNext() throws Exception {
        CountDownLatch connect = new CountDownLatch(1);
        database.onConnect.set(connect::await);
        ConnectionPool pool = pool(builder().maxSize(1));

        assertThat(pool.tryAcquire(Duration.ofMillis(30))).isEmpty();
        Caller<Connection> next = Caller.startWaiting(pool, pool::getConnection);
        connect.countDown();

        next.result().close();
        assertThat(database.connects).hasValue(1);
        assertThat(pool.stats().idle()).isEqualTo(1);
    }

    @Test
    void connectionThatNobodyWantsAnyMoreBecomesIdle() throws Exception {
        CountDownLatch connect = new CountDownLatch(1);
        database.onConnect.set(connect::await);
        ConnectionPool pool = pool(builder().maxSize(1));
        assertThat(pool.tryAcquire(Duration.ofMillis(30))).isEmpty();

        connect.countDown();

        await().untilAsserted(() -> assertThat(pool.stats().idle()).isEqualTo(1));
    }

    @Test
    void grantAndTimeoutAtTheSameMomentLoseNoConnection() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));
        int granted = 0;

        for (int i = 0; i < 300; i++) {
            Connection held = pool.getConnection();
            Caller<Optional<Connection>> waiting = Caller.start(() -> pool.tryAcquire(Duration.ofMillis(1)));
            long giveBackAt = System.nanoTime() + 900_000 + (i % 40) * 10_000;
            while (System.nanoTime() - giveBackAt < 0) {
                Thread.onSpinWait();
            }
            held.close();
            Optional<Connection> late = waiting.result();
            if (late.isPresent()) {
                granted++;
                late.get().close();
            }
            assertThat(pool.stats().active()).isZero();
            assertThat(pool.stats().size()).isEqualTo(1);
        }

        assertThat(granted).isBetween(0, 300);
    }

    @Test
    void closeWakesAllWaitersAtOnce() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1).acquireTimeout(Duration.ofMinutes(5)));
        Connection held = pool.getConnection();
        List<Caller<Connection>> callers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            callers.add(Caller.startWaiting(pool, pool::getConnection));
        }

        Caller<Boolean> closing = Caller.start(() -> {
            pool.close(Duration.ofSeconds(60));
            return true;
        });

        for (Caller<Connection> caller : callers) {
            assertThatThrownBy(caller::result)
                    .hasCauseInstanceOf(ConnectionClosedException.class)
                    .hasMessageContaining("pool 'test' is closed");
        }
        assertThat(closing.isDone()).isFalse();
        held.close();
        closing.result();
    }

    @Test
    void anotherUserIsNotSupported() {
        ConnectionPool pool = pool(builder());

        assertThatThrownBy(() -> pool.getConnection("a", "b")).isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThatThrownBy(() -> pool.setLoginTimeout(1)).isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThatThrownBy(() -> pool.setLogWriter(null)).isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThatThrownBy(pool::getParentLogger).isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThatThrownBy(() -> pool.unwrap(String.class)).isInstanceOf(SQLException.class);
    }
}
