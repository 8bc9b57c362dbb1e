package dev.wellhead.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Contenders that one worker measures at the same time: for what waits rather than works, so that a round takes as long as
 * the slowest of them and not as all. The worker says {@code contender/metric=value}. Used by one thread.
 */
final class Together {
    private final Worker worker;
    private final List<String> metrics;
    private final Map<String, Map<String, Double>> measured = new HashMap<>();

    /**
     * Prepares them.
     *
     * @param metrics what each of them is asked for
     */
    Together(Worker worker, List<String> metrics) {
        this.worker = worker;
        this.metrics = List.copyOf(metrics);
    }

    /** Returns the contenders of these names. */
    List<Contender> contenders(List<String> names) {
        return names.stream()
                .map(name -> new Contender(name, (jdk, effort) -> measure(name, names, jdk)))
                .toList();
    }

    private Map<String, Double> measure(String name, List<String> all, Jdk jdk)
            throws BenchmarkException, InterruptedException {
        // Whoever is first in a round has all measured; the others find what is theirs.
        if (!measured.containsKey(name)) {
            Map<String, String> said = worker.run(jdk);
            for (String each : all) {
                measured.put(each, worker.numbers(jdk, said, each + "/", metrics));
            }
        }
        return Objects.requireNonNull(measured.remove(name), name);
    }
}
