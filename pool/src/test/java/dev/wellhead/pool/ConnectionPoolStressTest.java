package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Many threads, random timeouts, interrupts, faults and double closes; then the books must balance. */
class ConnectionPoolStressTest {
    private static final int THREADS = 24;
    private static final int SIZE = 5;
    private static final Duration RUN = Duration.ofSeconds(4);

    private final FakeDatabase database = new FakeDatabase();
    private final Set<FakeDatabase.Session> inUse = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong borrowed = new AtomicLong();
    private final AtomicLong flagsLost = new AtomicLong();

    @Test
    void booksBalanceAfterAStorm() throws Exception {
        ConnectionPool pool = FakeSource.pool(database)
                .maxSize(SIZE)
                .minIdle(1)
                .maxWaiters(16)
                .acquireTimeout(Duration.ofMillis(20))
                .maxLifetime(Duration.ofMillis(300))
                .idleTimeout(Duration.ofMillis(50))
                .build();
        Random faults = new Random(42);
        database.onConnect.set(() -> {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(300));
            failSometimes(faults);
        });
        List<Caller<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            long seed = i;
            callers.add(Caller.start(() -> borrowRepeatedly(pool, new Random(seed))));
        }
        Random interrupts = new Random(7);
        long end = System.nanoTime() + RUN.toNanos();
        while (System.nanoTime() - end < 0) {
            callers.get(interrupts.nextInt(THREADS)).thread().interrupt();
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(500));
        }

        stop.set(true);
        for (Caller<Boolean> caller : callers) {
            assertThat(caller.result()).isTrue();
        }
        database.onConnect.set(() -> {});

        assertThat(borrowed.get()).isGreaterThan(500);
        assertThat(flagsLost).hasValue(0);
        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(SIZE);
        assertThat(pool.stats().active()).isZero();
        assertThat(pool.stats().waiting()).isZero();
        assertThat(pool.borrowed()).isEmpty();
        await().untilAsserted(() -> {
            PoolStats stats = pool.stats();
            // The storm may have ended in an outage; the pool finds out by itself that it is over.
            assertThat(pool.health().status()).isEqualTo(Health.Status.UP);
            assertThat(stats.connecting()).isZero();
            assertThat(stats.size()).isEqualTo(database.open.get());
        });
        allAreStillToBeHad(pool);
        pool.close(Duration.ofSeconds(10));
        assertThat(database.open).hasValue(0);
        assertThat(pool.stats().created()).isEqualTo(database.sessions.size());
        assertThat(pool.stats().discarded()).isEqualTo(pool.stats().created());
    }

    private static void failSometimes(Random faults) throws SQLException {
        // Random is thread-safe; one attempt in ten fails.
        if (faults.nextInt(10) == 0) {
            throw new SQLException("refused", "08001");
        }
    }

    private static void allAreStillToBeHad(ConnectionPool pool) throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            all.add(pool.tryAcquire(Duration.ofSeconds(20)).orElseThrow());
        }
        for (Connection connection : all) {
            connection.close();
        }
    }

    private boolean borrowRepeatedly(ConnectionPool pool, Random random) {
        while (!stop.get()) {
            boolean interruptedBefore = Thread.currentThread().isInterrupted();
            try {
                Optional<Connection> connection = pool.tryAcquire(Duration.ofNanos(random.nextInt(3_000_000)));
                if (connection.isPresent()) {
                    use(connection.get(), random);
                }
            } catch (SQLException e) {
                assertThat((Throwable) e).isInstanceOf(PoolUnavailableException.class);
            }
            if (interruptedBefore && !Thread.interrupted()) {
                flagsLost.incrementAndGet();
            }
        }
        return true;
    }

    private void use(Connection connection, Random random) throws SQLException {
        FakeDatabase.Session session = FakeDatabase.session(connection);
        assertThat(inUse.add(session)).as("lent twice").isTrue();
        assertThat(session.isPristine()).as("clean at hand-out").isTrue();
        borrowed.incrementAndGet();
        if (random.nextInt(3) == 0) {
            connection.setAutoCommit(false);
            Statement statement = connection.createStatement();
            statement.execute("insert");
        }
        if (random.nextInt(4) == 0) {
            LockSupport.parkNanos(random.nextInt(300_000));
        }
        if (random.nextInt(50) == 0) {
            session.dead = true;
        }
        inUse.remove(session);
        if (random.nextInt(30) == 0) {
            connection.abort(Runnable::run);
        }
        connection.close();
        if (random.nextInt(5) == 0) {
            connection.close();
        }
    }
}
