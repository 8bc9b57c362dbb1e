package dev.wellhead.benchmarks.pool;

import dev.wellhead.benchmarks.program.Output;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Asks each pool for a connection while its driver hangs in connect, all pools at the same time, as nobody does anything. */
public final class HangProgram {
    /** The metric: how long the caller waited. */
    public static final String WAITED = "ms";
    /** The metric: 1 if the caller got an exception, 0 if a connection. */
    public static final String FAILED = "failed";
    /** All of them. */
    public static final List<String> METRICS = List.of(WAITED, FAILED);

    private static final Duration HANG = Duration.ofSeconds(4);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    // The shortest that all of them take.
    private static final Duration REHEARSAL = Duration.ofMillis(250);

    private HangProgram() {}

    /** Arguments: the pools. */
    public static void main(String[] arguments) throws Exception {
        Output.silenceLogs();
        Map<String, Map<String, Double>> found = new ConcurrentHashMap<>();
        CountDownLatch ready = new CountDownLatch(arguments.length);
        List<Thread> threads = new ArrayList<>();
        for (String label : arguments) {
            threads.add(Threads.PLATFORM.start(() -> {
                try {
                    found.put(label, waited(PoolKind.labelled(label), ready));
                } catch (SQLException | InterruptedException e) {
                    throw new IllegalStateException(label + " has not even one connection", e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        found.forEach((label, metrics) -> Output.say(label + "/", metrics));
        Output.end();
    }

    private static Map<String, Double> waited(PoolKind kind, CountDownLatch ready)
            throws SQLException, InterruptedException {
        rehearse(kind);
        StubDatabase database = StubDatabase.start();
        BenchedPool pool = kind.open(PoolOptions.of(database, 2, 0).acquireTimeout(TIMEOUT));
        Map<String, Double> metrics = new LinkedHashMap<>();
        // The one that is lent leaves nothing to lend.
        try (Connection lent = pool.get()) {
            database.connectsIn(HANG);
            ready.countDown();
            ready.await();
            long asked = System.nanoTime();
            boolean failed = false;
            try {
                pool.get();
            } catch (SQLException e) {
                failed = true;
            }
            metrics.put(WAITED, (System.nanoTime() - asked) / 1e6);
            metrics.put(FAILED, failed ? 1.0 : 0.0);
        }
        return metrics;
    }

    /** Has a caller wait in vain before it counts, so that nobody is measured while it loads classes. */
    private static void rehearse(PoolKind kind) throws SQLException {
        PoolOptions options = PoolOptions.of(StubDatabase.start(), 1, 0).acquireTimeout(REHEARSAL);
        try (BenchedPool pool = kind.open(options);
                Connection lent = pool.get();
                Connection another = pool.get()) {
            throw new IllegalStateException(kind.label() + " lends " + lent + " and " + another + ", and may lend one");
        } catch (SQLException e) {
            // As it should be.
            return;
        }
    }
}
