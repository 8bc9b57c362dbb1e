package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.MetricSink;
import dev.wellhead.testkit.ManualTicker;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Failures that other pools had where callers wait: each must not happen here. */
class FailuresOfWaitingTest {
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
        return FakeSource.pool(database).acquireTimeout(Duration.ofSeconds(20));
    }

    /** The books alone: no housekeeper comes round to find what was overlooked. */
    private Slots booksWithoutHousekeeper() {
        ManualTicker ticker = new ManualTicker();
        long second = Duration.ofSeconds(1).toNanos();
        PoolSettings settings = new PoolSettings(
                "books",
                1,
                0,
                10,
                5 * second,
                5 * second,
                2 * second,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                1,
                false,
                List.of());
        Meters meters = new Meters(MetricSink.none(), ticker, "books");
        PoolEvents events = new PoolEvents("books", meters, new PoolListener() {});
        SlowQueries slow = new SlowQueries(new SlowQueries.Options(Long.MAX_VALUE, 1, false), ticker, meters, events);
        Opener opener = new Opener(database::connect, connection -> {}, SessionReset.TRACKED, Long.MAX_VALUE);
        return new Slots(
                settings,
                new Slots.Tools(opener, ticker, Runnable::run, meters, events, new SqlEffects(), slow, () -> {}));
    }

    // bb8 #122.
    @Test
    void nobodySleepsBesideAConnectionThatComesBackAsHeBeginsToWait() throws Exception {
        Slots slots = booksWithoutHousekeeper();
        Waiter.Blocking first = new Waiter.Blocking(null);
        slots.dispatcher().request(first);
        slots.lend(granted(first), first).close();
        CyclicBarrier together = new CyclicBarrier(2);
        PooledConnection[] held = new PooledConnection[1];
        int rounds = 20_000;
        Caller<Boolean> giving = Caller.start(() -> {
            for (int i = 0; i < rounds; i++) {
                together.await();
                spin(i % 40);
                held[0].close();
                together.await();
            }
            return true;
        });

        for (int i = 0; i < rounds; i++) {
            held[0] = slots.lendAtOnce();
            assertThat(held[0]).isNotNull();
            Waiter.Blocking waiter = new Waiter.Blocking(null);
            together.await();
            slots.dispatcher().request(waiter);
            together.await();

            slots.lend(granted(waiter), waiter).close();
        }

        assertThat(giving.result()).isTrue();
    }

    private static Slot granted(Waiter waiter) {
        assertThat(waiter.granted()).as("left beside an idle connection").isNotNull();
        return waiter.granted();
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    // HikariCP #452.
    @Test
    void eachOfThoseWhoWaitHasAConnectionOpenedForHim() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(5));
        List<Caller<Connection>> callers = new ArrayList<>();

        for (int i = 0; i < 5; i++) {
            callers.add(Caller.start(pool::getConnection));
        }

        List<Connection> held = new ArrayList<>();
        for (Caller<Connection> caller : callers) {
            // Nobody gives anything back meanwhile.
            held.add(caller.result());
        }
        assertThat(held).hasSize(5);
        for (Connection connection : held) {
            connection.close();
        }
    }

    // HikariCP #1909.
    @Test
    void waiterWhoseConnectionComesBackBrokenHasAnotherOpened() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));
        Connection held = pool.getConnection();
        Caller<Connection> waiting = Caller.startWaiting(pool, pool::getConnection);

        held.abort(Runnable::run);

        try (Connection connection = waiting.result()) {
            assertThat(connection.isValid(1)).isTrue();
        }
        assertThat(database.connects).hasValue(2);
    }

    // HikariCP #1909, #2192, #1232.
    @Test
    void whoWaitsIsServedBeforeAnyNumberOfThoseWhoComeLater() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));
        Connection held = pool.getConnection();
        List<Integer> order = new ArrayList<>();
        List<Caller<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            callers.add(Caller.startWaiting(pool, () -> {
                try (Connection connection = pool.getConnection()) {
                    // The one connection is the lock of the list.
                    order.add(number);
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
                    return connection.isValid(1);
                }
            }));
        }

        held.close();
        for (Caller<Boolean> caller : callers) {
            caller.result();
        }

        assertThat(order).hasSize(20).isSorted();
    }

    // HikariCP #835.
    @Test
    void givingBackCostsNoProcessorWhileOthersWait() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(1));
        AtomicLong cpu = new AtomicLong();
        List<Caller<Boolean>> callers = new ArrayList<>();
        long start = System.nanoTime();

        for (int i = 0; i < 16; i++) {
            callers.add(Caller.start(() -> {
                for (int n = 0; n < 40; n++) {
                    try (Connection connection = pool.getConnection()) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                        connection.isClosed();
                    }
                }
                cpu.addAndGet(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
                return true;
            }));
        }
        for (Caller<Boolean> caller : callers) {
            caller.result();
        }

        // One who spins while he waits, or while he hands over, would use up a processor.
        assertThat(cpu.get()).isLessThan((System.nanoTime() - start) / 2);
    }

    // HikariCP #2398.
    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsThatWaitOrGiveBackLeaveTheProcessorsToOthers() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(4).maxWaiters(10_000));
        ExecutorService virtual = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        List<Future<Boolean>> all = new ArrayList<>();
        long cpu = processorNanos();
        long start = System.nanoTime();

        for (int i = 0; i < 2_000; i++) {
            all.add(virtual.submit(() -> {
                try (Connection connection = pool.getConnection()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                    return connection.isValid(1);
                }
            }));
        }
        for (Future<Boolean> each : all) {
            assertThat(each.get(20, TimeUnit.SECONDS)).isTrue();
        }

        long available = (System.nanoTime() - start) * Runtime.getRuntime().availableProcessors();
        assertThat(processorNanos() - cpu).isLessThan(available / 4 * 3);
        virtual.shutdown();
    }

    // HikariCP #897.
    @Test
    void numbersAreTrueUnderPressure() throws Exception {
        Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();
        MetricSink sink = new MetricSink() {
            @Override
            public Counter counter(String name, String... tags) {
                return delta -> {};
            }

            @Override
            public Timer timer(String name, String... tags) {
                return nanos -> {};
            }

            @Override
            public Registration gauge(String name, DoubleSupplier value, String... tags) {
                gauges.put(name, value);
                return () -> gauges.remove(name);
            }
        };
        ConnectionPool pool = pool(builder().maxSize(2).metrics(sink));
        List<Connection> held = List.of(pool.getConnection(), pool.getConnection());
        List<Caller<Connection>> callers = new ArrayList<>();

        for (int i = 0; i < 7; i++) {
            callers.add(Caller.startWaiting(pool, pool::getConnection));
        }

        assertThat(gauges.get("wellhead.pool.active").getAsDouble()).isEqualTo(2);
        assertThat(gauges.get("wellhead.pool.waiting").getAsDouble()).isEqualTo(7);
        assertThat(gauges.get("wellhead.pool.idle").getAsDouble()).isZero();
        assertThat(pool.stats().waiting()).isEqualTo(7);
        for (Connection connection : held) {
            connection.close();
        }
        for (Caller<Connection> caller : callers) {
            caller.result().close();
        }
    }

    // HikariCP #1974.
    @Test
    void threadsThatHaveEndedAreNotRemembered() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(2));
        List<WeakReference<Thread>> ended = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Caller<Boolean> caller = Caller.start(() -> {
                pool.getConnection().close();
                return true;
            });
            caller.result();
            caller.thread().join();
            ended.add(new WeakReference<>(caller.thread()));
        }

        // One thread may be known for each connection: who had it last.
        await().untilAsserted(() -> {
            System.gc();
            assertThat(ended.stream().filter(each -> each.get() != null)).hasSizeLessThanOrEqualTo(3);
        });
    }

    // HikariCP #1974.
    @Test
    void firstLoanOfAThreadAllocatesNoMoreThanItsNext() throws Exception {
        ConnectionPool pool = pool(builder().maxSize(2).withoutLeakDetection());
        for (int i = 0; i < 100; i++) {
            pool.getConnection().close();
        }

        long[] allocated = Caller.start(() -> {
                    allocatedBytes();
                    long before = allocatedBytes();
                    pool.getConnection().close();
                    long between = allocatedBytes();
                    pool.getConnection().close();
                    long after = allocatedBytes();
                    return new long[] {between - before, after - between};
                })
                .result();

        assertThat(allocated[0]).isLessThanOrEqualTo(allocated[1] + 128);
    }

    // Asked for by name: the interfaces that have them are not part of every Java.
    private static long processorNanos() throws Exception {
        ObjectName name = new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME);
        return (long) ManagementFactory.getPlatformMBeanServer().getAttribute(name, "ProcessCpuTime");
    }

    private static long allocatedBytes() throws Exception {
        Object[] self = {Thread.currentThread().getId()};
        ObjectName name = new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME);
        return (long) ManagementFactory.getPlatformMBeanServer()
                .invoke(name, "getThreadAllocatedBytes", self, new String[] {"long"});
    }
}
