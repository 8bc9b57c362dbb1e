package dev.wellhead.examples.demo;

import java.util.Map;
import java.util.TreeMap;

/** Reads Prometheus' text format, as far as the service writes it. */
record Metrics(Map<String, Double> series) {
    static Metrics parse(String text) {
        Map<String, Double> series = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int blank = line.lastIndexOf(' ');
            series.put(line.substring(0, blank), number(line.substring(blank + 1)));
        });
        return new Metrics(series);
    }

    /** Returns the sum of all series of this name whose labels contain the text; NaN if there is none. */
    double sum(String name, String label) {
        return series.entrySet().stream()
                .filter(one -> one.getKey().equals(name) || one.getKey().startsWith(name + "{"))
                .filter(one -> one.getKey().contains(label))
                .mapToDouble(Map.Entry::getValue)
                .reduce(Double::sum)
                .orElse(Double.NaN);
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
