package dev.wellhead.benchmarks.pool;

import dev.wellhead.benchmarks.program.Latencies;
import dev.wellhead.benchmarks.program.Output;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts a {@link Load} on a pool in this JVM and says how long callers waited. */
public final class LoadProgram {
    /** The metric: borrows in a second. */
    public static final String OPS = "ops/s";
    /** The metric: the median wait. */
    public static final String P50 = "p50.ms";
    /** The metric: the wait that one in a hundred exceeds. */
    public static final String P99 = "p99.ms";
    /** The metric: the wait that one in a thousand exceeds. */
    public static final String P999 = "p99.9.ms";
    /** The metric: the longest wait. */
    public static final String MOST = "max.ms";
    /** The metric: the mean time from borrow to return, as it was. */
    public static final String HOLD = "hold.ms";
    /** The metric: {@link #P999} as a multiple of what a fair and costless pool would need at this {@link #HOLD}. */
    public static final String OF_IDEAL = "p99.9/ideal";
    /** The metric: the same of a pool that is fair and costless, with connections held as long as they were, one by one. */
    public static final String FLOOR = "floor/ideal";
    /** The metric: Jain's index of the callers' borrows. */
    public static final String JAIN = "jain";
    /** The metric: the borrows of the caller that had fewest. */
    public static final String FEWEST = "fewest";
    /** The metric: processor time of the whole JVM for each borrow. */
    public static final String CPU = "cpu.us/op";
    /** The metric: borrows that failed. */
    public static final String FAILED = "failed";

    private LoadProgram() {}

    /** Arguments: the pool, then those of the load. */
    public static void main(String[] arguments) throws SQLException {
        Output.silenceLogs();
        PoolKind kind = PoolKind.labelled(arguments[0]);
        Load load = Load.of(Arrays.asList(arguments).subList(1, arguments.length));
        StubDatabase database = StubDatabase.start();
        try (BenchedPool pool = kind.open(
                PoolOptions.of(database, load.poolSize(), load.poolSize()).leakDetection(kind == PoolKind.WELLHEAD))) {
            Output.say(metrics(load, new LoadRun(pool, load).run()));
        }
        Output.end();
    }

    static Map<String, Double> metrics(Load load, LoadRun.Result result) {
        Latencies waits = result.waits();
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(OPS, result.borrows() / seconds(load.length()));
        metrics.put(P50, waits.percentileNanos(0.5) / 1e6);
        metrics.put(P99, waits.percentileNanos(0.99) / 1e6);
        metrics.put(P999, waits.percentileNanos(0.999) / 1e6);
        metrics.put(MOST, waits.mostNanos() / 1e6);
        if (!load.hold().isZero()) {
            metrics.put(HOLD, result.meanHoldNanos() / 1e6);
            double ideal = load.idealNanos(result.meanHoldNanos());
            metrics.put(OF_IDEAL, waits.percentileNanos(0.999) / ideal);
            Latencies inTurn = InTurn.waits(result.holdNanos(), load.callers(), load.poolSize());
            metrics.put(FLOOR, inTurn.count() == 0 ? 1 : inTurn.percentileNanos(0.999) / ideal);
        }
        metrics.put(JAIN, Fairness.jain(result.borrowsOfEach()));
        metrics.put(FEWEST, (double) Collections.min(result.borrowsOfEach()));
        metrics.put(CPU, result.cpu().toNanos() / 1e3 / Math.max(1, result.borrows()));
        metrics.put(FAILED, (double) result.failed());
        return metrics;
    }

    /** Returns the names of the metrics that a load has. */
    public static List<String> names(Load load) {
        return load.hold().isZero()
                ? List.of(OPS, P50, P99, P999, MOST, JAIN, FEWEST, CPU, FAILED)
                : List.of(OPS, P50, P99, P999, MOST, HOLD, OF_IDEAL, FLOOR, JAIN, FEWEST, CPU, FAILED);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
