package dev.wellhead.benchmarks;

import java.util.List;

/** Shares of many values, by the nearest rank: always one of the values. */
final class Percentiles {
    private Percentiles() {}

    /**
     * Returns the smallest value that at least this share of all values does not exceed.
     *
     * @param share above 0, at most 1
     */
    static double of(List<Double> values, double share) {
        if (values.isEmpty() || !(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share " + share + " of " + values.size() + " values");
        }
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
