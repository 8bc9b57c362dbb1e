package dev.wellhead.benchmarks;

import java.util.List;

/** The middle of several values: one disturbed round does not move it. */
final class Median {
    private Median() {}

    /** Returns the middle value, or the mean of the two in the middle. */
    static double of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
