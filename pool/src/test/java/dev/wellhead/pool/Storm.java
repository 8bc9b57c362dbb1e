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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Threads that borrow from a pool without end, and misuse what they get in every way that a host might. */
final class Storm {
    private final FakeDatabase database;
    private final ConnectionPool pool;
    /** How many loans come to one whose connection dies in use. */
    private final int loansOfADeath;

    private final Set<FakeDatabase.Session> inUse = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong borrowed = new AtomicLong();
    private final AtomicLong flagsLost = new AtomicLong();
    private final List<Caller<Boolean>> callers = new ArrayList<>();

    Storm(FakeDatabase database, ConnectionPool pool, int loansOfADeath) {
        this.database = database;
        this.pool = pool;
        this.loansOfADeath = loansOfADeath;
    }

    void start(int threads, Caller.Kind kind) {
        for (int i = 0; i < threads; i++) {
            Random random = new Random(callers.size());
            callers.add(Caller.start(kind, () -> borrowRepeatedly(random)));
        }
    }

    void interruptOne(Random random) {
        callers.get(random.nextInt(callers.size())).thread().interrupt();
    }

    /** Lets everybody end. */
    void stop() throws Exception {
        stop.set(true);
        for (Caller<Boolean> caller : callers) {
            assertThat(caller.result()).isTrue();
        }
    }

    long borrowed() {
        return borrowed.get();
    }

    /** Closes the pool after everybody has left and the database is well, and checks that nothing was lost or doubled. */
    void booksBalance(int size) throws SQLException {
        assertThat(flagsLost).hasValue(0);
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
        allAreStillToBeHad(size);
        pool.close(Duration.ofSeconds(10));
        assertThat(database.open).hasValue(0);
        assertThat(pool.stats().created()).isEqualTo(database.sessions.size());
        assertThat(pool.stats().discarded()).isEqualTo(pool.stats().created());
    }

    private void allAreStillToBeHad(int size) throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            all.add(pool.tryAcquire(Duration.ofSeconds(20)).orElseThrow());
        }
        for (Connection connection : all) {
            connection.close();
        }
    }

    private boolean borrowRepeatedly(Random random) {
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
        if (random.nextInt(loansOfADeath) == 0) {
            session.dead = true;
        }
        inUse.remove(session);
        if (random.nextInt(loansOfADeath) == 0) {
            connection.abort(Runnable::run);
        }
        connection.close();
        if (random.nextInt(5) == 0) {
            connection.close();
        }
    }
}
