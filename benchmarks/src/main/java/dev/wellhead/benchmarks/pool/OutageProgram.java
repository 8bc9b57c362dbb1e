package dev.wellhead.benchmarks.pool;

import dev.wellhead.benchmarks.program.Output;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Takes the database away for a while, under callers that go on asking. Several pools at a time, each with its own. */
public final class OutageProgram {
    /** The metric: connects that the pool began during the outage. */
    public static final String ATTEMPTS = "attempts";
    /** The metric: those of the first second. */
    public static final String FIRST_SECOND = "attempts.first-s";
    /** The metric: those of the last five seconds, each second; of the whole outage if it is shorter. */
    public static final String LATE = "attempts.late/s";
    /** The metric: the time to an exception, later than a second after the beginning, that one in a hundred exceeds. */
    public static final String FAIL_P99 = "fail.p99.ms";
    /** The metric: the longest of these. */
    public static final String FAIL_MOST = "fail.max.ms";
    /** The metric: from the return of the database to the end of the first query that worked. */
    public static final String BACK = "back.ms";
    /** All of them. */
    public static final List<String> METRICS = List.of(ATTEMPTS, FIRST_SECOND, LATE, FAIL_P99, FAIL_MOST, BACK);

    private OutageProgram() {}

    /** Arguments: what is printed before each metric, the pool, and the outage's length, for each pool. */
    public static void main(String[] arguments) throws Exception {
        Output.silenceLogs();
        Map<String, Map<String, Double>> found = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < arguments.length; i += 3) {
            String contender = arguments[i];
            PoolKind kind = PoolKind.labelled(arguments[i + 1]);
            Duration length = Duration.parse(arguments[i + 2]);
            threads.add(Threads.PLATFORM.start(() -> found.put(contender, metrics(kind, length))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        found.forEach((contender, metrics) -> Output.say(contender + "/", metrics));
        Output.end();
    }

    private static Map<String, Double> metrics(PoolKind kind, Duration length) {
        StubDatabase database = StubDatabase.start();
        try {
            BenchedPool pool = kind.open(PoolOptions.of(database, 10, 2)
                    .acquireTimeout(Duration.ofSeconds(1))
                    .validated());
            Outage outage = new Outage(database, pool);
            outage.run(length);
            Map<String, Double> metrics = new LinkedHashMap<>();
            double lateSeconds = Math.min(5, length.toMillis() / 1e3);
            metrics.put(ATTEMPTS, (double) outage.attempts(Duration.ZERO, length));
            metrics.put(FIRST_SECOND, (double) outage.attempts(Duration.ZERO, Duration.ofSeconds(1)));
            metrics.put(LATE, outage.attempts(length.minusMillis((long) (lateSeconds * 1000)), length) / lateSeconds);
            metrics.put(FAIL_P99, outage.failures().percentileNanos(0.99) / 1e6);
            metrics.put(FAIL_MOST, outage.failures().mostNanos() / 1e6);
            metrics.put(BACK, outage.backNanos() / 1e6);
            return metrics;
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(kind.label() + " does not even begin", e);
        }
    }
}
