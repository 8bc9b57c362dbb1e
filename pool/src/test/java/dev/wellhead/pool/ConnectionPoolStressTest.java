package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads, random timeouts, interrupts, faults and double closes; then the books must balance. */
class ConnectionPoolStressTest {
    private static final int THREADS = 24;
    private static final int SIZE = 5;
    private static final int LARGEST = 8;
    private static final Duration RUN = Duration.ofSeconds(4);
    private static final Duration LONG_RUN = Duration.ofMinutes(3);
    private static final long MISCHIEF_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final FakeDatabase database = new FakeDatabase();

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
        connectsFail(10);
        Storm storm = new Storm(database, pool, 50);
        storm.start(THREADS, Caller.Kind.PLATFORM);
        Random interrupts = new Random(7);
        long end = System.nanoTime() + RUN.toNanos();
        while (System.nanoTime() - end < 0) {
            storm.interruptOne(interrupts);
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(500));
        }

        storm.stop();
        database.onConnect.set(() -> {});

        assertThat(storm.borrowed()).isGreaterThan(500);
        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(SIZE);
        storm.booksBalance(SIZE);
    }

    // What needs time to go wrong: threads of both kinds, outages, and an operator who turns every knob.
    @Test
    @Tag("thorough")
    @Timeout(value = 6, unit = TimeUnit.MINUTES)
    void booksBalanceAfterMinutesOfStormsOutagesAndOperations() throws Exception {
        ConnectionPool pool = FakeSource.pool(database)
                .maxSize(SIZE)
                .minIdle(1)
                .maxWaiters(48)
                .acquireTimeout(Duration.ofMillis(20))
                .maxLifetime(Duration.ofSeconds(2))
                .idleTimeout(Duration.ofMillis(200))
                .build();
        connectsFail(50);
        Storm storm = new Storm(database, pool, 5_000);
        storm.start(32, Caller.Kind.PLATFORM);
        if (Caller.Kind.VIRTUAL.isSupported()) {
            storm.start(32, Caller.Kind.VIRTUAL);
        }
        Random random = new Random(11);
        long end = System.nanoTime() + LONG_RUN.toNanos();
        while (System.nanoTime() - end < 0) {
            storm.interruptOne(random);
            operate(pool, random);
            LockSupport.parkNanos(random.nextInt((int) MISCHIEF_NANOS));
        }

        connectsFail(Integer.MAX_VALUE);
        pool.resume();
        pool.resize(SIZE);
        storm.stop();

        assertThat(storm.borrowed()).isGreaterThan(100_000);
        assertThat(database.mostOpen.get()).isLessThanOrEqualTo(LARGEST);
        storm.booksBalance(SIZE);
    }

    private void operate(ConnectionPool pool, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> pool.resize(2 + random.nextInt(LARGEST - 1));
            case 1 -> pool.evict();
            case 2 -> pool.suspend(Duration.ofMillis(1 + random.nextInt(100)));
            case 3 -> pool.resume();
            case 4 -> goesDown();
            default -> connectsFail(50);
        }
    }

    private void goesDown() {
        database.onConnect.set(FakeDatabase.failing("08001"));
        database.sessions.forEach(session -> session.dead = true);
    }

    /** One attempt in so many fails; the others take a third of a millisecond. */
    private void connectsFail(int oneOf) {
        Random faults = new Random(42);
        database.onConnect.set(() -> {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(300));
            // Random is thread-safe.
            if (faults.nextInt(oneOf) == 0) {
                throw new SQLException("refused", "08001");
            }
        });
    }
}
