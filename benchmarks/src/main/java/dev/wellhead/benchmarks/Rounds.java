package dev.wellhead.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures contenders in turns: every one of them once a round, each round beginning with another, so that a slow minute of
 * the machine meets all, and nobody always comes first.
 */
final class Rounds {
    private final Jdk jdk;
    private final Effort effort;
    private final int count;

    Rounds(Jdk jdk, Effort effort, int count) {
        this.jdk = jdk;
        this.effort = effort;
        this.count = count;
    }

    /**
     * Returns what each round measured.
     *
     * @param afterEach told after each round
     * @throws BenchmarkException if a contender had no result, or one that is no number
     */
    List<Round> run(List<Contender> contenders, Runnable afterEach) throws BenchmarkException, InterruptedException {
        List<Round> rounds = new ArrayList<>();
        for (int round = 0; round < count; round++) {
            List<Contender> order = new ArrayList<>(contenders);
            Collections.rotate(order, -round);
            Map<String, Map<String, Double>> measured = new LinkedHashMap<>();
            // The order of the scenario is that of the tables.
            contenders.forEach(contender -> measured.put(contender.name(), Map.of()));
            for (Contender contender : order) {
                measured.put(contender.name(), measure(contender));
            }
            rounds.add(new Round(measured));
            afterEach.run();
        }
        return rounds;
    }

    private Map<String, Double> measure(Contender contender) throws BenchmarkException, InterruptedException {
        Map<String, Double> metrics = contender.measurement().measure(jdk, effort);
        if (metrics.values().stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new BenchmarkException("'" + contender.name() + "' on " + jdk + " measured " + metrics);
        }
        return metrics;
    }
}
