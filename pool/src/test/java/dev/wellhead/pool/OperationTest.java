package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.jdbc.Credentials;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a host does with a pool besides borrowing. */
class OperationTest {
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
        return FakeSource.pool(database).ticker(ticker).acquireTimeout(Duration.ofSeconds(20));
    }

    @Test
    void futureIsCompletedWithAConnectionThatIsThere() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));

        Connection connection = pool.acquireAsync().get(20, TimeUnit.SECONDS);

        assertThat(pool.borrowed())
                .singleElement()
                .satisfies(borrowed -> assertThat(borrowed.thread())
                        .isEqualTo(Thread.currentThread().getName()));
        connection.close();
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void futureQueuesWithEverybodyElse() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));
        Connection held = pool.getConnection();
        CompletableFuture<Connection> first = pool.acquireAsync();
        Caller<Connection> second = Caller.startWaiting(pool, pool::getConnection);

        held.close();
        Connection connection = first.get(20, TimeUnit.SECONDS);

        assertThat(second.isDone()).isFalse();
        connection.close();
        second.result().close();
    }

    @Test
    void futureFailsAtItsDeadline() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1).acquireTimeout(Duration.ofMillis(100)));
        Connection held = pool.getConnection();

        CompletableFuture<Connection> future = pool.acquireAsync();

        assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(PoolTimeoutException.class);
        assertThat(pool.stats().waiting()).isZero();
        held.close();
    }

    @Test
    void cancelledFutureLeavesTheQueueAndTakesNothing() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));
        Connection held = pool.getConnection();
        CompletableFuture<Connection> future = pool.acquireAsync();

        assertThat(future.cancel(false)).isTrue();

        assertThat(pool.stats().waiting()).isZero();
        held.close();
        pool.getConnection().close();
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void futureThatIsCancelledAsItIsServedGivesTheConnectionBack() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));
        for (int i = 0; i < 300; i++) {
            Connection held = pool.getConnection();
            CompletableFuture<Connection> future = pool.acquireAsync();
            Caller<Boolean> cancelling = Caller.start(() -> future.cancel(false));

            held.close();

            if (!cancelling.result()) {
                future.get(20, TimeUnit.SECONDS).close();
            }
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> pool.stats().active() == 0);
        }
        assertThat(database.connects).hasValue(1);
    }

    @Test
    void closingThePoolFailsFutures() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));
        Connection held = pool.getConnection();
        CompletableFuture<Connection> future = pool.acquireAsync();

        pool.close(Duration.ZERO);

        assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(ConnectionClosedException.class);
        assertThat(held.isClosed()).isTrue();
    }

    @Test
    void suspendedPoolLendsNothingUntilItIsResumed() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(2));
        Connection held = pool.getConnection();
        pool.suspend(Duration.ofHours(1));
        Caller<Connection> waiting = Caller.startWaiting(pool, pool::getConnection);
        held.close();

        assertThat(pool.tryAcquire(Duration.ofMillis(50))).isEmpty();
        assertThat(waiting.isDone()).isFalse();
        assertThat(pool.health().status()).isEqualTo(Health.Status.DEGRADED);

        pool.resume();

        waiting.result().close();
        pool.getConnection().close();
    }

    @Test
    void suspensionEndsByItself() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));
        pool.suspend(Duration.ofMinutes(1));
        assertThat(pool.tryAcquire(Duration.ofMillis(50))).isEmpty();

        ticker.leap(Duration.ofMinutes(1));
        pool.housekeep();

        pool.getConnection().close();
        assertThat(pool.health().status()).isEqualTo(Health.Status.UP);
    }

    @Test
    void smallerPoolClosesWhatIsTooMuchAndALargerOneOpensMore() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(4));
        List<Connection> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            held.add(pool.getConnection());
        }
        held.remove(0).close();

        pool.resize(2);
        for (Connection connection : held) {
            connection.close();
        }
        await().untilAsserted(() -> assertThat(database.open).hasValueLessThanOrEqualTo(2));
        held.clear();
        pool.resize(3);
        for (int i = 0; i < 3; i++) {
            held.add(pool.getConnection());
        }

        assertThat(pool.tryAcquire(Duration.ofMillis(50))).isEmpty();
        assertThat(database.open).hasValue(3);
        assertThatThrownBy(() -> pool.resize(0)).hasMessage("maxSize must be >= 1, was 0");
        for (Connection connection : held) {
            connection.close();
        }
    }

    @Test
    void smallerPoolClosesWhatComesBackFirst() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(2));
        List<Connection> held = List.of(pool.getConnection(), pool.getConnection());
        for (Connection connection : held) {
            connection.close();
        }

        for (int first = 0; first < 2; first++) {
            pool.resize(2);
            Connection one = pool.getConnection();
            Connection other = pool.getConnection();
            pool.resize(1);
            (first == 0 ? one : other).close();

            assertThat(pool.tryAcquire(Duration.ZERO)).as("while one is lent").isEmpty();
            (first == 0 ? other : one).close();
            pool.getConnection().close();
        }
    }

    @Test
    void connectionWhoseAttemptBeganBeforeAnEvictionIsReplaced() throws Exception {
        CountDownLatch connect = new CountDownLatch(1);
        database.onConnect.set(connect::await);
        ConnectionPool pool = pool(builder().maxSize(1));
        Caller<Connection> waiting = Caller.startWaiting(pool, pool::getConnection);
        await().untilAsserted(() -> assertThat(database.connecting).hasValue(1));

        pool.evict();
        connect.countDown();

        try (Connection connection = waiting.result()) {
            assertThat(FakeDatabase.session(connection)).isSameAs(database.sessions.get(1));
        }
        await().untilAsserted(() -> assertThat(database.open).hasValue(1));
    }

    @Test
    void evictReplacesIdleConnectionsAtOnceAndOthersWhenTheyComeBack() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(2));
        Connection lent = pool.getConnection();
        pool.getConnection().close();

        pool.evict();

        await().untilAsserted(() -> assertThat(database.open).hasValue(1));
        assertThat(lent.isValid(1)).isTrue();
        lent.close();
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
        pool.getConnection().close();
        assertThat(database.connects).hasValue(3);
    }

    @Test
    void awaitWarmWaitsForTheIdleReserve() {
        CountDownLatch connect = new CountDownLatch(1);
        database.onConnect.set(connect::await);
        ConnectionPool pool = pool(builder().maxSize(4).minIdle(3));

        assertThat(pool.awaitWarm(Duration.ofMillis(50))).isFalse();
        connect.countDown();

        assertThat(pool.awaitWarm(Duration.ofSeconds(20))).isTrue();
        assertThat(database.open).hasValue(3);
    }

    @Test
    void shareNeverHoldsMoreThanItsBoundAndFindsItsReserveFree() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(4).share("reports", 2, 0).share("payments", 4, 1));
        DataSource reports = pool.share("reports");
        List<Connection> held = new ArrayList<>(List.of(reports.getConnection(), reports.getConnection()));
        Caller<Connection> third = Caller.startWaiting(pool, reports::getConnection);
        held.add(pool.getConnection());

        // One is left, and it is reserved.
        assertThat(pool.tryAcquire(Duration.ofMillis(50))).isEmpty();
        held.add(pool.share("payments").getConnection());
        assertThat(third.isDone()).isFalse();

        held.remove(0).close();
        third.result().close();
        for (Connection connection : held) {
            connection.close();
        }
        assertThatThrownBy(() -> pool.share("other")).hasMessageContaining("has no share 'other'");
    }

    @Test
    void connectionThatComesBackGoesToWhoeverWaitsFirstThoughOthersAreReserved() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(3).share("few", 1, 0).share("sure", 3, 2));
        Connection few = pool.share("few").getConnection();
        CountDownLatch connect = new CountDownLatch(1);
        database.onConnect.set(connect::await);
        // The two that are left are reserved, and the driver is slow to open them.
        Caller<Connection> first = Caller.startWaiting(pool, pool::getConnection);
        Caller<Connection> second = Caller.startWaiting(pool, pool.share("sure")::getConnection);

        few.close();
        try (Connection connection = first.result()) {
            assertThat(FakeDatabase.session(connection)).isSameAs(database.sessions.get(0));
            assertThat(second.isDone()).isFalse();
        } finally {
            connect.countDown();
        }

        second.result().close();
    }

    @Test
    void sharesThatReserveMoreThanThereIsAreRefused() {
        assertThatThrownBy(() ->
                        builder().maxSize(2).share("a", 2, 2).share("b", 2, 1).build())
                .hasMessageContaining("shares reserve 3 connections, which must be <= maxSize 2");
        assertThatThrownBy(() -> builder().share("a", 1, 0).share("a", 1, 0))
                .hasMessageContaining("'a' is set already");
    }

    @Test
    void keepaliveValidatesWhatNobodyWants() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1).keepalive(Duration.ofMinutes(2)));
        pool.getConnection().close();
        FakeDatabase.Session session = database.sessions.get(0);

        ticker.leap(Duration.ofMinutes(1));
        pool.housekeep();
        assertThat(session.validations).hasValue(0);
        ticker.leap(Duration.ofMinutes(1));
        pool.housekeep();

        await().untilAsserted(() -> assertThat(session.validations).hasValue(1));
    }

    @Test
    void connectionWithoutASignOfLifeIsTakenAwayIfThatWasAskedFor() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        PoolListener listener = new PoolListener() {
            @Override
            public void leakReclaimed(String name, BorrowedConnection borrowed) {
                heard.add(borrowed.thread());
            }
        };
        ConnectionPool pool =
                pool(builder().maxSize(1).reclaimAfter(Duration.ofMinutes(5)).listener(listener));
        Connection forgotten = pool.getConnection();
        ticker.leap(Duration.ofMinutes(4));
        pool.housekeep();
        forgotten.createStatement().execute("a sign of life");
        ticker.leap(Duration.ofMinutes(4));
        pool.housekeep();
        assertThat(forgotten.isClosed()).isFalse();

        ticker.leap(Duration.ofMinutes(1));
        pool.housekeep();
        assertThat(forgotten.isClosed()).isFalse();
        ticker.leap(Duration.ofSeconds(2));
        pool.housekeep();

        assertThat(forgotten.isClosed()).isTrue();
        assertThatThrownBy(forgotten::createStatement)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
        pool.getConnection().close();
        forgotten.close();
        assertThat(heard).containsExactly(Thread.currentThread().getName());
        assertThat(pool.stats().reclaimed()).isEqualTo(1);
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void statementThatRunsForTooLongIsCancelledBeforeItsConnectionIsTakenAway() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch endless = new CountDownLatch(1);
        database.faults.put("execute", () -> {
            running.countDown();
            endless.await();
        });
        ConnectionPool pool = pool(builder().maxSize(1).reclaimAfter(Duration.ofMinutes(5)));
        Caller<Boolean> busy = Caller.start(() -> {
            try (Connection connection = pool.getConnection()) {
                return connection.createStatement().execute("endless");
            }
        });
        running.await();

        ticker.leap(Duration.ofMinutes(5));
        pool.housekeep();
        assertThat(pool.stats().reclaimed()).isZero();
        ticker.leap(Duration.ofSeconds(2));
        pool.housekeep();

        assertThat(pool.stats().reclaimed()).isEqualTo(1);
        database.faults.clear();
        pool.getConnection().close();
        endless.countDown();
        busy.result();
        assertThat(pool.stats().active()).isZero();
    }

    @Test
    void threadThatWaitsWhileItHoldsAConnectionIsReported() throws Exception {
        List<List<BorrowedConnection>> heard = new CopyOnWriteArrayList<>();
        PoolListener listener = new PoolListener() {
            @Override
            public void nestedBorrow(String name, List<BorrowedConnection> held) {
                heard.add(held);
            }
        };
        ConnectionPool pool =
                pool(builder().maxSize(1).acquireTimeout(Duration.ofMillis(50)).listener(listener));
        try (Connection first = pool.getConnection()) {
            assertThat(first.isClosed()).isFalse();
            assertThatThrownBy(pool::getConnection).isInstanceOf(PoolTimeoutException.class);
        }

        assertThat(heard)
                .singleElement()
                .satisfies(held -> assertThat(held)
                        .singleElement()
                        .satisfies(borrowed -> assertThat(borrowed.stack().toString())
                                .contains("threadThatWaitsWhileItHoldsAConnectionIsReported")));
    }

    @Test
    void credentialsAreAskedForAtEachConnectAndShowNowhere() {
        List<String> asked = new CopyOnWriteArrayList<>();
        ConnectionPool pool = pool(ConnectionPool.builder("jdbc:nothing:")
                .credentials(() -> {
                    asked.add("asked");
                    return Credentials.of("app", "canary");
                })
                .minIdle(0));

        assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);

        assertThat(asked).isNotEmpty();
        assertThat(Credentials.of("app", "canary")).hasToString("Credentials[app]");
    }

    @Test
    void shortLoansMayOvertakeAndEverybodyStillGetsThrough() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(2).maxWaiters(100));
        List<Caller<Integer>> callers = new ArrayList<>();

        for (int i = 0; i < 16; i++) {
            callers.add(Caller.start(() -> {
                for (int n = 0; n < 20_000; n++) {
                    pool.getConnection().close();
                }
                return 1;
            }));
        }

        for (Caller<Integer> caller : callers) {
            assertThat(caller.result()).isEqualTo(1);
        }
        for (int i = 0; i < 10; i++) {
            pool.acquireAsync().get(20, TimeUnit.SECONDS).close();
        }
        assertThat(pool.stats().acquired()).isEqualTo(320_010);
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().waiting()).isZero();
    }
}
