package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectTest {
    private final FakeDatabase database = new FakeDatabase();
    private final LeapingTicker ticker = new LeapingTicker();
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
        return FakeSource.pool(database).ticker(ticker);
    }

    @Test
    void idleReserveIsOpenedInTheBackground() {
        ConnectionPool pool = pool(builder().maxSize(5).minIdle(3));

        await().untilAsserted(() -> assertThat(pool.stats().idle()).isEqualTo(3));
    }

    @Test
    void neverMoreConnectionsThanMaxSizeThoseUnderWayIncluded() throws Exception {
        CountDownLatch connect = new CountDownLatch(1);
        database.onConnect.set(connect::await);
        ConnectionPool pool = pool(builder().maxSize(3).acquireTimeout(Duration.ofSeconds(20)));
        List<Caller<Connection>> callers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            callers.add(Caller.startWaiting(pool, pool::getConnection));
        }
        PoolStats while10Wait = pool.stats();

        connect.countDown();
        for (Caller<Connection> caller : callers) {
            caller.result().close();
        }

        assertThat(while10Wait.size() + while10Wait.connecting()).isLessThanOrEqualTo(3);
        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void connectsInParallelButNotAllAtOnce() throws Exception {
        CountDownLatch connect = new CountDownLatch(1);
        database.onConnect.set(connect::await);
        ConnectionPool pool = pool(builder().maxSize(20).parallelConnects(4).acquireTimeout(Duration.ofSeconds(20)));
        List<Caller<Connection>> callers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            callers.add(Caller.startWaiting(pool, pool::getConnection));
        }
        await().untilAsserted(() -> assertThat(database.connecting).hasValue(4));

        connect.countDown();
        for (Caller<Connection> caller : callers) {
            caller.result();
        }

        assertThat(database.mostConnecting).hasValue(4);
    }

    @Test
    void hungConnectCostsNobodysDeadlineAndOneConnectorOnly() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        database.onConnect.set(() -> {
            if (hanging.getCount() > 0) {
                hanging.countDown();
                hang.await();
            }
        });
        ConnectionPool pool = pool(
                builder().maxSize(2).connectTimeout(Duration.ofMillis(200)).acquireTimeout(Duration.ofSeconds(20)));
        assertThat(pool.tryAcquire(Duration.ofMillis(50))).isEmpty();
        hanging.await();

        try (Connection connection = pool.getConnection()) {
            assertThat(connection.isClosed()).isFalse();
            assertThat(pool.stats().connecting()).isEqualTo(1);
        }
        hang.countDown();

        await().untilAsserted(() -> assertThat(pool.stats().connecting()).isZero());
        assertThat(pool.stats().size()).isEqualTo(2);
        assertThat(pool.stats().connectFailures()).isEqualTo(1);
    }

    @Test
    void hungValidationCostsNobodysDeadline() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        ConnectionPool pool = pool(
                builder().maxSize(2).validationTimeout(Duration.ofMillis(200)).acquireTimeout(Duration.ofSeconds(20)));
        pool.getConnection().close();
        database.faults.put("isValid", hang::await);
        ticker.leap(Duration.ofMillis(600));
        pool.housekeep();

        assertThat(pool.tryAcquire(Duration.ofMillis(50))).isEmpty();
        try (Connection connection = pool.getConnection()) {
            assertThat(database.connects).hasValue(2);
        }

        hang.countDown();
        await().untilAsserted(() -> assertThat(pool.stats().idle()).isEqualTo(2));
    }

    @Test
    void connectionThatArrivesAfterCloseIsClosed() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        database.onConnect.set(() -> {
            hanging.countDown();
            hang.await();
        });
        ConnectionPool pool = pool(builder().maxSize(1));
        assertThat(pool.tryAcquire(Duration.ofMillis(1))).isEmpty();
        hanging.await();

        pool.close(Duration.ZERO);
        hang.countDown();

        await().untilAsserted(() -> assertThat(database.sessions).hasSize(1));
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        assertThat(pool.stats().size()).isZero();
    }

    @Test
    void downDatabaseFailsCallersFastWithTheDriversCauseAndState() {
        database.onConnect.set(FakeDatabase.failing("28P01"));
        ConnectionPool pool = pool(builder().acquireTimeout(Duration.ofMinutes(5)));

        assertThatThrownBy(pool::getConnection)
                .isInstanceOfSatisfying(PoolUnavailableException.class, e -> {
                    assertThat(e.code()).isEqualTo("WH-POOL-003");
                    assertThat(e.getSQLState()).isEqualTo("28P01");
                })
                .hasMessageContaining("the database cannot be reached since")
                .hasMessageContaining("asked to fail")
                .hasCauseInstanceOf(SQLException.class);
        assertThatThrownBy(() -> pool.tryAcquire(Duration.ofMinutes(5))).isInstanceOf(PoolUnavailableException.class);
        assertThat(pool.health().status()).isEqualTo(Health.Status.DOWN);
    }

    @Test
    void oneProberTriesWithPausesWhileTheDatabaseIsDown() throws Exception {
        database.onConnect.set(FakeDatabase.failing("08001"));
        ConnectionPool pool = pool(builder().maxSize(20));
        assertThatThrownBy(pool::getConnection).isInstanceOf(PoolUnavailableException.class);
        database.mostConnecting.set(0);
        int before = database.connects.get();
        long start = System.nanoTime();

        long calls = 0;
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1500)) {
            assertThatThrownBy(pool::getConnection).isInstanceOf(PoolUnavailableException.class);
            calls++;
        }

        assertThat(calls).isGreaterThan(50);
        assertThat(database.connects.get() - before).isBetween(1, 12);
        assertThat(database.mostConnecting).hasValue(1);
    }

    @Test
    void attemptsThatFailTogetherRefuseNobody() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        AtomicInteger attempts = new AtomicInteger();
        database.onConnect.set(() -> {
            if (attempts.incrementAndGet() <= 2) {
                together.await(20, TimeUnit.SECONDS);
                throw new SQLException("planted reset", "08006");
            }
        });
        ConnectionPool pool =
                pool(builder().maxSize(2).minIdle(0).parallelConnects(2).acquireTimeout(Duration.ofSeconds(20)));

        Caller<Connection> first = Caller.startWaiting(pool, pool::getConnection);
        Caller<Connection> second = Caller.start(pool::getConnection);

        first.result().close();
        second.result().close();
        assertThat(pool.stats().rejected()).isZero();
        assertThat(pool.stats().connectFailures()).isEqualTo(2);
    }

    @Test
    void recoversByItselfWithoutBeingAsked() throws Exception {
        database.onConnect.set(FakeDatabase.failing("08001"));
        ConnectionPool pool = pool(builder());
        assertThatThrownBy(pool::getConnection).isInstanceOf(PoolUnavailableException.class);

        database.onConnect.set(() -> {});

        await().untilAsserted(() -> assertThat(pool.health().status()).isEqualTo(Health.Status.UP));
        pool.getConnection().close();
    }

    @Test
    void goodConnectionsAreLentWhileNoNewOneCanBeMade() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(2).acquireTimeout(Duration.ofSeconds(20)));
        Connection good = pool.getConnection();
        database.onConnect.set(FakeDatabase.failing("53300"));
        Caller<Connection> waiting = Caller.startWaiting(pool, pool::getConnection);
        await().untilAsserted(() -> assertThat(pool.stats().connectFailures()).isGreaterThan(2));
        assertThat(pool.health().status()).isEqualTo(Health.Status.DEGRADED);

        good.close();

        waiting.result().close();
    }

    @Test
    void timeoutWhileNothingCanBeOpenedNamesTheDriversFailure() throws SQLException {
        ConnectionPool pool = pool(builder().maxSize(2).acquireTimeout(Duration.ofMillis(300)));
        try (Connection good = pool.getConnection()) {
            database.onConnect.set(FakeDatabase.failing("53300"));

            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(PoolTimeoutException.class)
                    .hasMessageContaining("last attempt to connect: asked to fail")
                    .hasFieldOrPropertyWithValue("SQLState", "53300")
                    .hasCauseInstanceOf(SQLException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"runtime", "error", "interrupt", "defaults"})
    void driverThatMisbehavesWhileConnectingIsSurvived(String kind) throws Exception {
        FakeDatabase.Fault fault = switch (kind) {
            case "runtime" ->
                () -> {
                    throw new IllegalStateException("driver bug");
                };
            case "error" ->
                () -> {
                    throw new NoSuchMethodError("driver too old");
                };
            default -> () -> Thread.currentThread().interrupt();
        };
        if (kind.equals("defaults")) {
            database.faults.put("getAutoCommit", FakeDatabase.failing("XX000"));
        } else {
            database.onConnect.set(fault);
        }
        ConnectionPool pool = pool(builder().maxSize(1));
        if (!kind.equals("interrupt")) {
            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
        }

        database.onConnect.set(() -> {});
        database.faults.clear();

        await().ignoreExceptions().untilAsserted(() -> pool.getConnection().close());
        assertThat(database.open).hasValue(1);
    }

    @Test
    void idleConnectionsBeyondTheReserveAreClosedInTime() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(4).minIdle(1).idleTimeout(Duration.ofMillis(100)));
        List<Connection> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            held.add(pool.getConnection());
        }
        for (Connection connection : held) {
            connection.close();
        }

        await().untilAsserted(() -> assertThat(pool.stats().size()).isEqualTo(1));
        assertThat(database.open).hasValue(1);
    }

    @Test
    void expiredIdleConnectionsAreReplacedUpToTheReserve() {
        ConnectionPool pool = pool(builder().maxSize(4).minIdle(2).maxLifetime(Duration.ofMillis(100)));

        await().untilAsserted(() -> assertThat(database.connects.get()).isGreaterThan(6));

        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(4);
        await().untilAsserted(() -> assertThat(pool.stats().idle()).isEqualTo(2));
    }

    @Test
    void deadConnectionMakesTheOthersSuspect() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(2));
        Connection first = pool.getConnection();
        Connection second = pool.getConnection();
        FakeDatabase.session(second).dead = true;
        second.close();
        database.faults.put("commit", FakeDatabase.failing("57P01"));
        assertThatThrownBy(first::commit).isInstanceOf(SQLException.class);
        first.close();
        database.faults.clear();

        try (Connection next = pool.getConnection()) {
            assertThat(FakeDatabase.session(next).dead).isFalse();
        }
    }
}
