package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Failures that other pools had when connections come back, or do not: each must not happen here. */
class FailuresOfReturningTest {
    private final FakeDatabase database = new FakeDatabase();
    private final LeapingTicker ticker = new LeapingTicker();
    private final CountDownLatch endOfHang = new CountDownLatch(1);
    private final List<ConnectionPool> pools = new ArrayList<>();

    @AfterEach
    void close() {
        endOfHang.countDown();
        database.faults.clear();
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

    // HikariCP #2152, #914.
    @Test
    void closingAgainWhatWasEvictedIsHarmless() throws SQLException {
        ConnectionPool pool = pool(builder().maxSize(1));
        Connection evicted = pool.getConnection();
        pool.evict();
        evicted.close();
        Connection next = pool.getConnection();

        evicted.close();
        pool.evict();
        evicted.close();

        assertThat(next.isValid(1)).isTrue();
        assertThat(pool.stats().active()).isEqualTo(1);
        next.close();
        next.close();
        pool.getConnection().close();
        assertThat(pool.stats().active()).isZero();
    }

    // ebean-datasource PR #149.
    @Test
    void connectionThatLayIdleForLongIsNoLeakWhenItIsLent() throws SQLException {
        List<BorrowedConnection> heard = new CopyOnWriteArrayList<>();
        ConnectionPool pool = pool(builder()
                .maxSize(1)
                .withoutMaxLifetime()
                .withoutIdleTimeout()
                .leakThreshold(Duration.ofMinutes(1))
                .reclaimAfter(Duration.ofMinutes(5))
                .listener(hearing(heard)));
        pool.getConnection().close();
        ticker.leap(Duration.ofHours(2));
        pool.housekeep();

        Connection fresh = pool.getConnection();
        pool.housekeep();
        ticker.leap(Duration.ofSeconds(59));
        pool.housekeep();

        assertThat(heard).isEmpty();
        assertThat(fresh.isClosed()).isFalse();
        assertThat(database.connects).hasValue(1);
        fresh.close();
    }

    // dotCMS #16458, by Tomcat's removeAbandoned.
    @Test
    void borrowerWhoIsAtWorkIsNeverRobbed() throws SQLException {
        List<BorrowedConnection> heard = new CopyOnWriteArrayList<>();
        ConnectionPool pool = pool(builder()
                .maxSize(1)
                .leakThreshold(Duration.ofMinutes(1))
                .reclaimAfter(Duration.ofMinutes(5))
                .listener(hearing(heard)));
        Connection busy = pool.getConnection();
        busy.setAutoCommit(false);

        for (int i = 0; i < 30; i++) {
            busy.createStatement().execute("insert");
            ticker.leap(Duration.ofMinutes(4));
            pool.housekeep();
        }
        busy.commit();

        assertThat(heard).as("reported once, taken never").hasSize(1);
        assertThat(database.sessions.get(0).commits).hasValue(1);
        busy.close();
    }

    // HikariCP #731, #2297, where a laptop slept.
    @Test
    void borrowerIsNotRobbedForTheTimeThatTheWholeProcessStoodStill() throws SQLException {
        ConnectionPool pool = pool(builder().maxSize(2).reclaimAfter(Duration.ofMinutes(5)));
        pool.getConnection().close();
        Connection inHand = pool.getConnection();
        inHand.createStatement().execute("insert");

        ticker.leap(Duration.ofHours(8));
        pool.housekeep();
        inHand.createStatement().execute("insert");
        ticker.leap(Duration.ofMinutes(4));
        pool.housekeep();

        assertThat(inHand.isClosed()).isFalse();
        ticker.leap(Duration.ofMinutes(2));
        pool.housekeep();
        ticker.leap(Duration.ofSeconds(3));
        pool.housekeep();
        assertThat(inHand.isClosed()).isTrue();
    }

    private static PoolListener hearing(List<BorrowedConnection> heard) {
        return new PoolListener() {
            @Override
            public void leakSuspected(String pool, BorrowedConnection borrowed) {
                heard.add(borrowed);
            }

            @Override
            public void leakReclaimed(String pool, BorrowedConnection borrowed) {
                heard.add(borrowed);
            }
        };
    }

    // DBCP PR #309.
    @Test
    void driverWithoutAbortLosesNoPlace() throws SQLException {
        database.faults.put("abort", () -> {
            throw new AbstractMethodError("abort");
        });
        ConnectionPool pool = pool(builder().maxSize(1).reclaimAfter(Duration.ofMinutes(5)));
        Connection forgotten = pool.getConnection();
        ticker.leap(Duration.ofMinutes(6));
        pool.housekeep();
        ticker.leap(Duration.ofSeconds(3));
        pool.housekeep();
        Connection aborted = pool.getConnection();

        assertThatThrownBy(() -> aborted.abort(Runnable::run)).isInstanceOf(AbstractMethodError.class);

        pool.getConnection().close();
        assertThat(forgotten.isClosed()).isTrue();
        assertThat(database.connects).hasValue(3);
        await().untilAsserted(() -> assertThat(database.open).hasValue(1));
    }

    // DBCP-567.
    @Test
    void driverThatHangsWhileItClosesHoldsUpNobody() throws Exception {
        database.faults.put("close", endOfHang::await);
        database.faults.put("abort", endOfHang::await);
        ConnectionPool pool = pool(builder().maxSize(3).reclaimAfter(Duration.ofMinutes(5)));
        Connection forgotten = pool.getConnection();
        ticker.leap(Duration.ofMinutes(6));
        pool.housekeep();
        ticker.leap(Duration.ofSeconds(3));
        pool.housekeep();
        Connection broken = pool.getConnection();
        database.faults.put("rollback", FakeDatabase.failing("XX000"));
        broken.setAutoCommit(false);

        Caller<Boolean> giving = Caller.start(() -> {
            broken.close();
            return true;
        });

        assertThat(giving.result()).isTrue();
        database.faults.remove("rollback");
        pool.getConnection().close();
        assertThat(forgotten.isClosed()).isTrue();
        // Not yet closed, so still counted.
        assertThat(pool.stats().size()).isEqualTo(3);
        endOfHang.countDown();
        await().untilAsserted(() -> assertThat(database.open).hasValue(1));
    }

    // Quarkus #16057.
    @Test
    void whateverLeavesThePoolIsClosedAtTheDriver() throws SQLException {
        ConnectionPool pool = pool(builder().maxSize(2).maxLifetime(Duration.ofHours(10)));
        pool.getConnection().abort(Runnable::run);
        pool.getConnection().close();
        pool.evict();
        database.faults.put("rollback", FakeDatabase.failing("XX000"));
        try (Connection dirty = pool.getConnection()) {
            dirty.setAutoCommit(false);
        }
        database.faults.clear();
        try (Connection broken = pool.getConnection()) {
            FakeDatabase.session(broken).dead = true;
            assertThat(broken.isValid(1)).isFalse();
        }
        pool.getConnection().close();
        ticker.leap(Duration.ofMinutes(15));
        pool.housekeep();
        pool.getConnection().close();
        ticker.leap(Duration.ofHours(11));
        pool.housekeep();
        Connection two = pool.getConnection();
        pool.getConnection().close();
        pool.resize(1);

        await().untilAsserted(() -> assertThat(database.open).hasValue(1));
        two.close();
        pool.close();

        assertThat(database.open).hasValue(0);
        assertThat(database.sessions).hasSizeGreaterThanOrEqualTo(7).allMatch(session -> session.closed);
    }

    // next-jdbc #293.
    @Test
    void callerWhoHoldsALockNeverWaitsForOneWhoIsInsideTheDriver() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(2));
        ReentrantLock callers = new ReentrantLock();
        CountDownLatch inside = new CountDownLatch(1);
        Connection shared = pool.getConnection();
        database.faults.put("commit", () -> {
            inside.countDown();
            callers.lock();
            callers.unlock();
        });
        callers.lock();
        Caller<Boolean> committing = Caller.start(() -> {
            shared.commit();
            return true;
        });
        inside.await();

        // All of it while the other is inside, and waits for what this thread holds.
        shared.createStatement().close();
        assertThat(shared.isClosed()).isFalse();
        pool.getConnection().close();
        assertThat(pool.borrowed()).hasSize(1);
        pool.housekeep();
        shared.close();
        callers.unlock();

        await().until(committing::isDone);
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().discarded()).isEqualTo(1);
    }

    // next-jdbc #293.
    @Test
    void noLockIsHeldWhileTheDriverIsCalled() throws SQLException {
        Set<String> locks = ConcurrentHashMap.newKeySet();
        Set<String> called = ConcurrentHashMap.newKeySet();
        database.onConnect.set(() -> locks.addAll(locksOfCurrentThread("connect", called)));
        for (String method : List.of(
                "createStatement",
                "execute",
                "setAutoCommit",
                "commit",
                "rollback",
                "isValid",
                "clearWarnings",
                "isClosed",
                "abort",
                "close")) {
            database.faults.put(method, () -> locks.addAll(locksOfCurrentThread(method, called)));
        }
        ConnectionPool pool = pool(builder().maxSize(1).reclaimAfter(Duration.ofMinutes(5)));

        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("insert");
            connection.commit();
        }
        ticker.leap(Duration.ofSeconds(1));
        pool.housekeep();
        Connection forgotten = pool.getConnection();
        ticker.leap(Duration.ofMinutes(6));
        pool.housekeep();
        ticker.leap(Duration.ofSeconds(3));
        pool.housekeep();
        pool.getConnection().close();
        assertThat(forgotten.isClosed()).isTrue();

        await().untilAsserted(() -> assertThat(called).hasSize(11));
        assertThat(locks).isEmpty();
    }

    private static Set<String> locksOfCurrentThread(String method, Set<String> called) {
        called.add(method);
        long[] self = {Thread.currentThread().getId()};
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(self, true, true)[0];
        Set<String> held = ConcurrentHashMap.newKeySet();
        for (LockInfo lock : info.getLockedMonitors()) {
            held.add(method + " under the monitor of " + lock);
        }
        for (LockInfo lock : info.getLockedSynchronizers()) {
            // A worker of an executor holds itself while it works.
            if (!lock.getClassName().equals("java.util.concurrent.ThreadPoolExecutor$Worker")) {
                held.add(method + " under " + lock);
            }
        }
        return held;
    }
}
