package dev.wellhead.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Shows all contenders of a scenario side by side. */
final class ResultTable {
    private static final String GAP = "  ";

    private ResultTable() {}

    /** Returns one line a contender: the median of each metric, the lowest and the highest round. */
    static String of(Report.Result result) {
        Map<String, Map<String, List<Double>>> series = result.series();
        Set<String> metrics = new LinkedHashSet<>();
        series.values().forEach(values -> metrics.addAll(values.keySet()));

        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(result.scenario().name()));
        head.addAll(metrics);
        rows.add(head);
        series.forEach((contender, values) -> {
            List<String> row = new ArrayList<>(List.of(contender));
            metrics.forEach(metric -> row.add(cell(values.getOrDefault(metric, List.of()))));
            rows.add(row);
        });
        return result.jdk() + ", " + result.rounds().size() + " rounds: median (lowest - highest)"
                + System.lineSeparator() + aligned(rows);
    }

    private static String cell(List<Double> values) {
        return values.isEmpty()
                ? "-"
                : Numbers.shown(Median.of(values)) + " (" + Numbers.shown(Collections.min(values)) + " - "
                        + Numbers.shown(Collections.max(values)) + ")";
    }

    private static String aligned(List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(one -> one.get(at).length())
                        .max()
                        .orElse(0);
                line.append(row.get(column))
                        .append(" ".repeat(width - row.get(column).length()))
                        .append(GAP);
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }
}
