package dev.wellhead.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * One JMH benchmark method, run for a round in one fork of the JDK in question: the time of a call and the bytes that it
 * allocates. Immutable.
 *
 * @param type the class that holds it, with {@code @State}
 * @param method the method with {@code @Benchmark}
 * @param params values of {@code @Param} fields
 * @param threads how many call it at the same time
 * @param jvmFlags flags of the fork, besides those that its JDK needs
 * @param length how long it is measured at full effort
 */
record JmhMeasurement(
        Class<?> type, String method, Map<String, String> params, int threads, List<String> jvmFlags, Length length)
        implements Measurement {
    /** The metric: nanoseconds of one thread from call to return, waiting for a processor included. */
    static final String NANOS = "ns/op";
    /** The metric: bytes allocated on the heap by one call. */
    static final String BYTES = "B/op";

    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final Length QUICK = new Length(1, 2, Duration.ofMillis(100));
    private static final TimeValue LONGEST_ITERATION = TimeValue.minutes(1);

    /**
     * How long a round measures.
     *
     * @param warmups iterations that do not count
     * @param iterations iterations that count
     * @param iteration the time of one
     */
    record Length(int warmups, int iterations, Duration iteration) {}

    /** Measures with one thread, no parameters, three seconds of warm-up and five that count. */
    static JmhMeasurement of(Class<?> type, String method) {
        return new JmhMeasurement(type, method, Map.of(), 1, List.of(), new Length(3, 5, Duration.ofSeconds(1)));
    }

    /** Returns the same with this many threads. */
    JmhMeasurement withThreads(int count) {
        return new JmhMeasurement(type, method, params, count, jvmFlags, length);
    }

    /** Returns the same with one more parameter. */
    JmhMeasurement withParam(String name, String value) {
        Map<String, String> more = new HashMap<>(params);
        more.put(name, value);
        return new JmhMeasurement(type, method, Map.copyOf(more), threads, jvmFlags, length);
    }

    /** Returns the same with these flags of the fork. */
    JmhMeasurement withJvmFlags(List<String> flags) {
        return new JmhMeasurement(type, method, params, threads, List.copyOf(flags), length);
    }

    /** Returns the same, measured this long. */
    JmhMeasurement withLength(Length other) {
        return new JmhMeasurement(type, method, params, threads, jvmFlags, other);
    }

    @Override
    public Map<String, Double> measure(Jdk jdk, Effort effort) throws BenchmarkException {
        try {
            Path log = Files.createTempFile("jmh-", ".log");
            try {
                return metrics(run(jdk, effort == Effort.FULL ? length : QUICK, log));
            } catch (RunnerException e) {
                throw new BenchmarkException(
                        described() + " on " + jdk + " broke: " + e.getMessage() + "; JMH printed:\n"
                                + Files.readString(log),
                        e);
            } finally {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw new BenchmarkException(described() + " on " + jdk + " cannot be run: " + e.getMessage(), e);
        }
    }

    private RunResult run(Jdk jdk, Length length, Path log) throws RunnerException {
        List<String> flags = new ArrayList<>(jdk.flags());
        flags.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        flags.addAll(jvmFlags);
        TimeValue iteration = TimeValue.nanoseconds(length.iteration().toNanos());
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(type.getName() + "." + method) + "$")
                .jvm(jdk.java().toString())
                .jvmArgs(flags.toArray(String[]::new))
                .forks(1)
                .threads(threads)
                // With more threads than processors one that hardly ran would spoil a mean over threads.
                .mode(Mode.Throughput)
                .timeUnit(TimeUnit.SECONDS)
                .warmupIterations(length.warmups())
                .warmupTime(iteration)
                .measurementIterations(length.iterations())
                .measurementTime(iteration)
                .timeout(LONGEST_ITERATION)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.NORMAL)
                .output(log.toString());
        params.forEach(options::param);
        return new Runner(options.build()).runSingle();
    }

    private Map<String, Double> metrics(RunResult result) {
        Result<?> allocated =
                Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED), ALLOCATED);
        Map<String, Double> metrics = new LinkedHashMap<>();
        double callsPerSecond = result.getPrimaryResult().getScore();
        metrics.put(NANOS, threads * (double) TimeUnit.SECONDS.toNanos(1) / callsPerSecond);
        // Whole bytes: what the harness allocates between iterations comes to a few hundredths of one.
        metrics.put(BYTES, Math.rint(allocated.getScore()));
        return metrics;
    }

    private String described() {
        return "benchmark " + type.getSimpleName() + "." + method + (params.isEmpty() ? "" : params);
    }
}
