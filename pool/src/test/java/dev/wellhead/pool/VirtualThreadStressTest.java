package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.PinnedCarriers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Ten thousand virtual threads on sixteen connections: what every one of them got, and what is left when all have gone. */
class VirtualThreadStressTest {
    private static final int THREADS = 10_000;
    private static final int ROUNDS = 4;
    private static final int SIZE = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private final LongAdder asked = new LongAdder();
    private final LongAdder got = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder abandoned = new LongAdder();
    private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void onlyWhereThereAreVirtualThreads() {
        assumeThat(Caller.Kind.VIRTUAL.isSupported()).isTrue();
    }

    private Connection connect() {
        StillConnection connection = new StillConnection(open);
        mostOpen.accumulateAndGet(open.get(), Math::max);
        return connection.raw();
    }

    private ConnectionPool pool() {
        return ConnectionPool.builder(new StillSource(this::connect))
                .name("virtual")
                .maxSize(SIZE)
                .minIdle(0)
                .maxWaiters(2 * THREADS)
                .acquireTimeout(Duration.ofSeconds(30))
                .build();
    }

    @Test
    void everyOneOfTenThousandIsAnsweredAndNothingIsLost(TestReporter report) throws Exception {
        // Loading a class pins its carrier, whoever does it.
        VirtualThreadStressTest before = new VirtualThreadStressTest();
        try (ConnectionPool warm = before.pool()) {
            before.storm(warm, THREADS / 10);
        }
        ConnectionPool pool = pool();
        long began = System.nanoTime();
        long pinned = PinnedCarriers.during(() -> storm(pool, THREADS), VirtualThreadStressTest::isOfThePool);
        long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);

        report.publishEntry(
                "answers",
                got + " got, " + refused + " refused, " + abandoned + " abandoned, in " + tookMillis + " ms; "
                        + pool.stats());
        assertThat(unexpected).isEmpty();
        assertThat(got.sum() + refused.sum() + abandoned.sum()).isEqualTo(asked.sum());
        assertThat(got.sum()).isPositive();
        assertThat(refused.sum()).isPositive();
        assertThat(mostOpen.get()).as("open at a time, as the driver saw it").isLessThanOrEqualTo(SIZE);
        assertThat(pinned).as("carriers pinned in code of the pool").isZero();
        await().untilAsserted(() -> {
            PoolStats stats = pool.stats();
            assertThat(stats.active()).isZero();
            assertThat(stats.waiting()).isZero();
            assertThat(stats.size()).isEqualTo(open.get());
        });
        allAreToBeHad(pool);
        pool.close(Duration.ZERO);
        assertThat(open).hasValue(0);
    }

    private void storm(ConnectionPool pool, int count) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        CountDownLatch start = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            long seed = i;
            Thread thread = Caller.Kind.VIRTUAL.unstarted(() -> work(pool, new Random(seed), start, ended));
            thread.start();
            threads.add(thread);
        }
        start.countDown();
        interruptSome(threads, ended);
        assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("every thread ends; %s still run", ended.getCount())
                .isTrue();
    }

    private void work(ConnectionPool pool, Random random, CountDownLatch start, CountDownLatch ended) {
        try {
            start.await();
            for (int round = 0; round < ROUNDS; round++) {
                ask(pool, random);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            unexpected.add(e);
        } finally {
            ended.countDown();
        }
    }

    private void ask(ConnectionPool pool, Random random) {
        asked.increment();
        try {
            switch (random.nextInt(4)) {
                case 0 -> use(pool.getConnection(), random);
                case 1 -> useIfThere(pool.tryAcquire(Duration.ofNanos(random.nextInt(200_000_000))), random);
                case 2 -> useWhenThere(pool.acquireAsync(), random);
                default -> {
                    CompletableFuture<Connection> future = pool.acquireAsync();
                    LockSupport.parkNanos(random.nextInt(50_000_000));
                    abandon(future, random);
                }
            }
        } catch (PoolUnavailableException | PoolTimeoutException e) {
            refused.increment();
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOfAny(PoolUnavailableException.class, PoolTimeoutException.class);
            refused.increment();
        } catch (SQLException e) {
            throw new AssertionError("not of the pool", e);
        }
        // An interrupt that came late is over for the next round.
        Thread.interrupted();
    }

    private void useIfThere(Optional<Connection> connection, Random random) throws SQLException {
        if (connection.isPresent()) {
            use(connection.get(), random);
        } else {
            refused.increment();
        }
    }

    private void useWhenThere(CompletableFuture<Connection> future, Random random)
            throws SQLException, ExecutionException {
        try {
            use(future.get(), random);
        } catch (InterruptedException e) {
            abandon(future, random);
        }
    }

    /** Cancels what was asked for, or takes it if that came first. */
    private void abandon(CompletableFuture<Connection> future, Random random) throws SQLException {
        if (future.cancel(false)) {
            abandoned.increment();
        } else if (future.isCompletedExceptionally()) {
            refused.increment();
        } else {
            use(future.join(), random);
        }
    }

    private void use(Connection connection, Random random) throws SQLException {
        StillConnection session = StillConnection.of((PooledConnection) connection);
        assertThat(session.holders.incrementAndGet())
                .as("holders of one session")
                .isEqualTo(1);
        got.increment();
        if (random.nextInt(3) > 0) {
            LockSupport.parkNanos(random.nextInt(1_000_000));
        }
        session.holders.decrementAndGet();
        if (random.nextInt(50) == 0) {
            connection.abort(Runnable::run);
        }
        connection.close();
    }

    private static void interruptSome(List<Thread> threads, CountDownLatch ended) {
        Random random = new Random(7);
        for (int i = 0; i < 3000 && ended.getCount() > 0; i++) {
            threads.get(random.nextInt(threads.size())).interrupt();
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
        }
    }

    private static boolean isOfThePool(String type) {
        return type.startsWith(ConnectionPool.class.getPackageName() + ".")
                && !type.startsWith(VirtualThreadStressTest.class.getName());
    }

    private static void allAreToBeHad(ConnectionPool pool) throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            all.add(pool.tryAcquire(Duration.ofSeconds(20)).orElseThrow());
        }
        assertThat(pool.tryAcquire(Duration.ZERO)).isEmpty();
        for (Connection each : all) {
            each.close();
        }
    }
}
