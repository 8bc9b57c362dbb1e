package dev.wellhead.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures contenders in turns: every one of them once a round, each round beginning with another, so that a slow minute of
 * the machine meets all, and nobody always comes first.
 */
final class Rounds {
    // One start of a peer in a hundred fails on a slow machine; an hour of measurements should not be lost by that.
    private static final int ATTEMPTS = 3;

    private final Jdk jdk;
    private final Effort effort;
    private final int count;
    private final Consumer<String> complaints;

    Rounds(Jdk jdk, Effort effort, int count) {
        this(jdk, effort, count, complaint -> {});
    }

    /** @param complaints told why a contender is measured again */
    Rounds(Jdk jdk, Effort effort, int count, Consumer<String> complaints) {
        this.jdk = jdk;
        this.effort = effort;
        this.count = count;
        this.complaints = complaints;
    }

    /**
     * Returns what each round measured.
     *
     * @param afterEach told after each round
     * @throws BenchmarkException if a contender had no result, or one that is no number; at full effort three times in a row
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
        int left = effort == Effort.FULL ? ATTEMPTS : 1;
        while (true) {
            try {
                return measureOnce(contender);
            } catch (BenchmarkException e) {
                left--;
                if (left == 0) {
                    throw e;
                }
                complaints.accept(String.valueOf(e.getMessage()));
            }
        }
    }

    private Map<String, Double> measureOnce(Contender contender) throws BenchmarkException, InterruptedException {
        Map<String, Double> metrics = contender.measurement().measure(jdk, effort);
        if (metrics.values().stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new BenchmarkException("'" + contender.name() + "' on " + jdk + " measured " + metrics);
        }
        return metrics;
    }
}
