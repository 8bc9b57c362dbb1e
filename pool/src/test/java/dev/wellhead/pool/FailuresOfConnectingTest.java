package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures that other pools had while connecting, validating and keeping time: each must not happen here. */
class FailuresOfConnectingTest {
    private final FakeDatabase database = new FakeDatabase();
    private final LeapingTicker ticker = new LeapingTicker();
    private final CountDownLatch endOfHang = new CountDownLatch(1);
    private final List<ConnectionPool> pools = new ArrayList<>();

    @AfterEach
    void close() {
        endOfHang.countDown();
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

    // HikariCP #2274, #2161, #1819; Agroal #146.
    @Test
    void attemptsThatHangForEverLeaveTheRestOfThePoolToOthers() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        database.onConnect.set(() -> {
            if (attempts.incrementAndGet() <= 3) {
                endOfHang.await();
            }
        });
        ConnectionPool pool = pool(builder().maxSize(5).connectTimeout(Duration.ofMillis(100)));

        // Two that hang look like an outage, in which callers fail at once.
        List<Connection> held = new ArrayList<>();
        await().ignoreExceptions().until(() -> held.add(pool.getConnection()));
        held.add(pool.getConnection());

        assertThat(pool.stats().connecting()).isEqualTo(3);
        assertThat(pool.stats().active()).isEqualTo(2);
        for (Connection connection : held) {
            connection.close();
        }
    }

    @Test
    void oldKnowledgeOfAnOutageRefusesNobody() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(2));
        Connection held = pool.getConnection();
        database.onConnect.set(() -> {
            throw new SQLException("refused", "08001");
        });
        assertThat(pool.tryAcquire(Duration.ofMillis(1))).isEmpty();
        await().until(() -> pool.health().status() != Health.Status.UP);
        // Made smaller, it has no place for an attempt, and cannot find out that the database is back.
        pool.resize(1);
        await().until(() -> pool.stats().connecting() == 0);
        CountDownLatch asked = new CountDownLatch(1);
        database.onConnect.set(asked::await);
        ticker.leap(Duration.ofSeconds(3));
        held.abort(Runnable::run);

        CompletableFuture<Connection> future = pool.acquireAsync();
        asked.countDown();

        future.get(20, TimeUnit.SECONDS).close();
        assertThat(pool.health().status()).isEqualTo(Health.Status.UP);
    }

    // HikariCP #2265.
    @Test
    void interruptFlagThatTheDriverLeavesHurriesNoAttempt() {
        database.onConnect.set(() -> {
            Thread.currentThread().interrupt();
            throw new SQLException("refused", "08001");
        });
        ConnectionPool pool = pool(builder().maxSize(4));
        assertThatThrownBy(pool::getConnection).isInstanceOf(PoolUnavailableException.class);
        int before = database.connects.get();
        long start = System.nanoTime();

        await().until(() -> database.connects.get() >= before + 4);

        // Four pauses of a fifth of a second.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(400));
    }

    // HikariCP #588.
    @Test
    void validationsThatHangCostOneTimeoutAndNotTheirSum() throws SQLException {
        ConnectionPool pool = pool(builder().maxSize(5).validationTimeout(Duration.ofSeconds(30)));
        List<Connection> held = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            held.add(pool.getConnection());
        }
        for (Connection connection : held) {
            connection.close();
        }
        database.faults.put("isValid", endOfHang::await);
        ticker.leap(Duration.ofSeconds(1));
        pool.housekeep();
        long start = System.nanoTime();

        assertThat(pool.tryAcquire(Duration.ofMillis(300))).isEmpty();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    // HikariCP #354, #731, #2297: a laptop that slept, a clock that is set.
    @ParameterizedTest
    @ValueSource(longs = {1, 30, 365})
    void clockThatLeapsAheadReplacesConnectionsOnceAndNotForEver(long days) throws SQLException {
        ConnectionPool pool = pool(builder().maxSize(2));
        pool.getConnection().close();

        ticker.leap(Duration.ofDays(days));
        for (int i = 0; i < 20; i++) {
            pool.housekeep();
            pool.getConnection().close();
        }

        assertThat(database.connects).hasValue(2);
    }

    // HikariCP #745, #746, #559.
    @Test
    void clockThatGoesBackEndsNothingAndHoldsUpNothing() throws SQLException {
        ConnectionPool pool = pool(builder().maxSize(1).acquireTimeout(Duration.ofMillis(200)));
        pool.getConnection().close();
        ticker.leap(Duration.ofDays(-30));
        pool.housekeep();

        Connection held = pool.getConnection();
        long start = System.nanoTime();
        assertThatThrownBy(pool::getConnection).isInstanceOf(PoolTimeoutException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(database.connects).hasValue(1);
        held.close();
    }

    // HikariCP #1802, #1556, #999.
    @ParameterizedTest
    @CsvSource({"true, 2", "false, 1"})
    void primaryThatWasDemotedIsLeftIfAPrimaryIsRequired(boolean required, int connects) throws SQLException {
        ConnectionPool.Builder builder = builder().maxSize(1);
        ConnectionPool pool = pool(required ? builder.primaryRequired() : builder);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            database.faults.put("execute", FakeDatabase.failing("25006"));
            assertThatThrownBy(() -> statement.execute("insert")).isInstanceOf(SQLException.class);
        }
        database.faults.clear();

        pool.getConnection().close();

        assertThat(database.connects).hasValue(connects);
    }

    // c3p0 #165.
    @Test
    void noAttemptIsMadeAfterClose() {
        database.onConnect.set(FakeDatabase.failing("08001"));
        ConnectionPool pool = pool(builder().maxSize(3).minIdle(2));
        await().until(() -> pool.stats().connectFailures() >= 2);

        pool.close(Duration.ZERO);
        await().until(() -> database.connecting.get() == 0);
        int attempts = database.connects.get();

        await().during(Duration.ofMillis(800)).until(() -> database.connects.get() == attempts);
    }

    // Agroal #214.
    @Test
    void slowConnectCostsNoProcessor() throws Exception {
        database.onConnect.set(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(800)));
        ConnectionPool pool = pool(builder().name("slow").maxSize(10));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<Caller<Long>> callers = new ArrayList<>();
        long start = System.nanoTime();

        for (int i = 0; i < 5; i++) {
            callers.add(Caller.start(() -> {
                pool.getConnection().close();
                return threads.getCurrentThreadCpuTime();
            }));
        }
        long cpu = 0;
        for (Caller<Long> caller : callers) {
            cpu += caller.result();
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            boolean ours = thread.getName().startsWith("wellhead-pool-slow-");
            cpu += ours ? Math.max(0, threads.getThreadCpuTime(thread.getId())) : 0;
        }

        assertThat(cpu).isLessThan((System.nanoTime() - start) / 3);
    }
}
