package dev.wellhead.benchmarks;

import java.util.Map;

/**
 * What one round measured.
 *
 * @param metrics by contender, then by metric
 */
record Round(Map<String, Map<String, Double>> metrics) {
    /**
     * Returns one figure.
     *
     * @throws IllegalArgumentException if it was not measured
     */
    double metric(String contender, String metric) {
        Double value = metrics.getOrDefault(contender, Map.of()).get(metric);
        if (value == null) {
            throw new IllegalArgumentException("no metric '" + metric + "' of '" + contender + "' in " + metrics);
        }
        return value;
    }
}
