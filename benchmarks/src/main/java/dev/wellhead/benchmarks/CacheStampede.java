package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.cache.StampedeProgram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * The callers of four nodes want the same absent key at once. Each percentile is taken over all callers of one stampede; what
 * counts is the median of the stampedes of a round.
 *
 * @param contender who protects
 * @param redis the server's address
 * @param processes over how many JVMs the nodes are spread, 1 or 4
 */
record CacheStampede(String contender, String redis, int processes) {
    /** The metric: how often the source was asked in the worst stampede. */
    static final String LOADS = "loads";
    /** The metric: what half of the callers waited less than, over the load. */
    static final String P50 = "p50-ms";
    /** The metric: what one caller in a hundred waited longer than, over the load. */
    static final String P99 = "p99-ms";
    /** The metric: what the last caller waited, over the load. */
    static final String LAST = "last-ms";

    private static final int NODES = 4;
    private static final int THREADS_PER_NODE = 64;
    private static final int LOAD_MILLIS = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    /** Measures it once. */
    Map<String, Double> measure(Jdk jdk, Effort effort) throws BenchmarkException, InterruptedException {
        int counted = effort == Effort.FULL ? 5 : 1;
        Worker worker = new Worker(
                StampedeProgram.class,
                Worker.QUIET,
                Stream.of(
                                contender,
                                redis,
                                processes,
                                NODES / processes,
                                THREADS_PER_NODE,
                                LOAD_MILLIS,
                                effort == Effort.FULL ? 2 : 1,
                                counted)
                        .map(String::valueOf)
                        .toList(),
                TIMEOUT);
        List<Map<String, String>> said = run(worker, jdk);
        double load = contender.equals(StampedeProgram.WAKE_UP) ? 0 : LOAD_MILLIS;
        double mostLoads = 0;
        List<Double> halves = new ArrayList<>();
        List<Double> nines = new ArrayList<>();
        List<Double> lasts = new ArrayList<>();
        for (int time = 0; time < counted; time++) {
            List<Double> waits = waits(said, time);
            halves.add(Percentiles.of(waits, 0.5) - load);
            nines.add(Percentiles.of(waits, 0.99) - load);
            lasts.add(Percentiles.of(waits, 1) - load);
            mostLoads = Math.max(mostLoads, loads(said, time));
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(LOADS, mostLoads);
        metrics.put(P50, Median.of(halves));
        metrics.put(P99, Median.of(nines));
        metrics.put(LAST, Median.of(lasts));
        return metrics;
    }

    private List<Map<String, String>> run(Worker worker, Jdk jdk) throws BenchmarkException, InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(processes);
        try {
            Callable<Map<String, String>> one = () -> worker.run(jdk);
            List<Map<String, String>> said = new ArrayList<>();
            for (Future<Map<String, String>> each : executor.invokeAll(
                    Stream.generate(() -> one).limit(processes).toList())) {
                said.add(each.get());
            }
            return said;
        } catch (ExecutionException e) {
            throw new BenchmarkException("stampede of '" + contender + "': " + e.getMessage(), e);
        } finally {
            executor.shutdownNow();
        }
    }

    private static List<Double> waits(List<Map<String, String>> said, int time) throws BenchmarkException {
        List<Double> waits = new ArrayList<>();
        for (Map<String, String> each : said) {
            for (String wait : CacheSet.text(each, "waits." + time).split(",", -1)) {
                waits.add(Double.valueOf(wait));
            }
        }
        return waits;
    }

    private static double loads(List<Map<String, String>> said, int time) throws BenchmarkException {
        double loads = 0;
        for (Map<String, String> each : said) {
            loads += Double.parseDouble(CacheSet.text(each, "loads." + time));
        }
        return loads;
    }
}
