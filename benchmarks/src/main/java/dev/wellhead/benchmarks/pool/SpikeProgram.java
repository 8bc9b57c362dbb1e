package dev.wellhead.benchmarks.pool;

import dev.wellhead.benchmarks.program.Latencies;
import dev.wellhead.benchmarks.program.Output;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.LongAdder;

/** Sends {@value #REQUESTS} requests at once to a pool that has {@value #WARM} connections open, of 50 that it may have. */
public final class SpikeProgram {
    /** The metric: connects begun for them. */
    public static final String OPENED = "opened";
    /** The metric: the most connects at a time. */
    public static final String PARALLEL = "parallel";
    /** The metric: the median time from the request to the end of its query. */
    public static final String P50 = "p50.ms";
    /** The metric: the 99th percentile of that, which of 50 is the longest. */
    public static final String P99 = "p99.ms";
    /** The metric: requests that failed. */
    public static final String FAILED = "failed";
    /** All of them. */
    public static final List<String> METRICS = List.of(OPENED, PARALLEL, P50, P99, FAILED);

    static final int REQUESTS = 50;
    static final int WARM = 5;
    private static final Duration CONNECT = Duration.ofMillis(150);
    private static final long WARMUP_NANOS = Duration.ofMillis(400).toNanos();

    private final StubDatabase database = StubDatabase.start();
    private final BenchedPool pool;
    private final Latencies times = new Latencies();
    private final LongAdder failed = new LongAdder();

    private SpikeProgram(PoolKind kind, int parallelConnects, Duration query) throws SQLException {
        database.connectsIn(CONNECT);
        database.executesIn(query);
        // Nothing is to be kept idle, so that nobody opens connections for another reason than these requests.
        pool = kind.open(PoolOptions.of(database, REQUESTS, 0).parallelConnects(parallelConnects));
    }

    /** Arguments: the pool, how many connects at a time it may make if it asks, the time of a query. */
    public static void main(String[] arguments) throws Exception {
        Output.silenceLogs();
        SpikeProgram program = new SpikeProgram(
                PoolKind.labelled(arguments[0]), Integer.parseInt(arguments[1]), Duration.parse(arguments[2]));
        program.warmUp();
        Output.say(program.spike());
        Output.end();
    }

    /** Has five connections opened and used for a while, as a service that is in operation has. */
    private void warmUp() throws Exception {
        CyclicBarrier allHaveOne = new CyclicBarrier(WARM);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WARM; i++) {
            threads.add(Threads.PLATFORM.start(() -> {
                try {
                    try (Connection connection = pool.get()) {
                        allHaveOne.await();
                        // No loan is shorter than a query: what a pool learns of them is what the spike will be.
                        execute(connection);
                    }
                    long end = System.nanoTime() + WARMUP_NANOS;
                    do {
                        query();
                    } while (System.nanoTime() < end);
                } catch (Exception e) {
                    throw new IllegalStateException("the warm-up failed", e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (database.open() != WARM) {
            throw new IllegalStateException("has " + database.open() + " connections open, wanted " + WARM);
        }
        database.countAnew();
    }

    private Map<String, Double> spike() throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(REQUESTS);
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            threads.add(Threads.PLATFORM.start(() -> request(ready, go)));
        }
        ready.await();
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        // Begun, not only done: short queries are over before the first connect is.
        metrics.put(OPENED, (double) database.attempts().size());
        metrics.put(PARALLEL, (double) database.mostConnecting());
        metrics.put(P50, times.percentileNanos(0.5) / 1e6);
        metrics.put(P99, times.percentileNanos(0.99) / 1e6);
        metrics.put(FAILED, failed.doubleValue());
        return metrics;
    }

    private void request(CountDownLatch ready, CountDownLatch go) {
        try {
            ready.countDown();
            go.await();
            long asked = System.nanoTime();
            query();
            times.record(System.nanoTime() - asked);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts requests", e);
        } catch (SQLException e) {
            failed.increment();
        }
    }

    private void query() throws SQLException {
        try (Connection connection = pool.get()) {
            execute(connection);
        }
    }

    private static void execute(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select 1")) {
            statement.execute();
        }
    }
}
