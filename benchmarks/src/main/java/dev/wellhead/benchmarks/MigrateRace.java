package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.migrate.MigrateProgram;
import java.nio.file.Path;
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
 * Eight processes begin together on an empty database, and before them one by itself. All have connected once before.
 *
 * @param contender who migrates
 */
record MigrateRace(MigrateDatabases databases, String kind, String contender) {
    /** The metric: milliseconds of the process that was by itself. */
    static final String ALONE = "alone-ms";
    /** The metric: milliseconds from the first begin to the last end of the eight. */
    static final String TOGETHER = "together-ms";
    /** The metric: the second by the first. */
    static final String OF_ALONE = "of-alone";
    /** The metric: how many of the eight failed. */
    static final String ERRORS = "errors";

    private static final int PROCESSES = 8;

    Map<String, Double> measure(Jdk jdk, int files) throws BenchmarkException, InterruptedException {
        Path folder = databases.folder(files);
        Outcome alone = race(jdk, folder, 1);
        Outcome together = race(jdk, folder, PROCESSES);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(ALONE, alone.millis);
        metrics.put(TOGETHER, together.millis);
        metrics.put(OF_ALONE, together.millis / alone.millis);
        metrics.put(ERRORS, alone.errors + together.errors);
        return metrics;
    }

    private record Outcome(double millis, double errors) {}

    private Outcome race(Jdk jdk, Path folder, int processes) throws BenchmarkException, InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(processes);
        try (MigrateDatabases.Fresh fresh = databases.fresh(kind)) {
            Worker worker =
                    new MigrateRun(contender, folder, List.of()).racing(fresh.url(), databases.place(), processes);
            Callable<Map<String, Double>> one = () ->
                    worker.metrics(jdk, List.of(MigrateProgram.BEGAN, MigrateProgram.ENDED, MigrateProgram.ERRORS));
            List<Map<String, Double>> all = new ArrayList<>();
            for (Future<Map<String, Double>> each : executor.invokeAll(
                    Stream.generate(() -> one).limit(processes).toList())) {
                all.add(each.get());
            }
            double began = all.stream()
                    .mapToDouble(each -> each.getOrDefault(MigrateProgram.BEGAN, 0.0))
                    .min()
                    .orElseThrow();
            double ended = all.stream()
                    .mapToDouble(each -> each.getOrDefault(MigrateProgram.ENDED, 0.0))
                    .max()
                    .orElseThrow();
            double errors = all.stream()
                    .mapToDouble(each -> each.getOrDefault(MigrateProgram.ERRORS, 0.0))
                    .sum();
            return new Outcome((ended - began) / 1e6, errors);
        } catch (ExecutionException e) {
            throw new BenchmarkException("race of '" + contender + "': " + e.getMessage(), e);
        } finally {
            executor.shutdownNow();
        }
    }
}
