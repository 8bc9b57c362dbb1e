package dev.wellhead.cli;

import dev.wellhead.core.Redaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Rows under a heading, in columns as wide as they must be; on a terminal in lines that fit. For one thread. */
final class Table {
    private static final String GAP = "  ";
    private static final int NARROWEST = 16;

    private final List<String> heading;
    private final List<List<String>> rows = new ArrayList<>();
    private final Set<Integer> right = new TreeSet<>();
    private final UnaryOperator<String> paint;

    /** Starts a table; of a heading that ends in {@code #} the column holds numbers, to stand at the right. */
    Table(UnaryOperator<String> paint, String... heading) {
        this.paint = paint;
        List<String> titles = new ArrayList<>();
        for (String title : heading) {
            if (title.endsWith("#")) {
                right.add(titles.size());
            }
            titles.add(title.replace("#", ""));
        }
        this.heading = List.copyOf(titles);
    }

    /** Adds a row of as many cells as the heading has. Control characters are escaped. */
    Table row(Object... cells) {
        if (cells.length != heading.size()) {
            throw new IllegalArgumentException("a row of " + cells.length + " cells in a table of " + heading.size());
        }
        rows.add(Arrays.stream(cells)
                .map(cell -> Redaction.printable(String.valueOf(cell)))
                .toList());
        return this;
    }

    /** Returns the lines, as wide as they are if {@code columns} is 0, else the widest column is broken into several lines. */
    List<String> lines(int columns) {
        int[] widths = widths();
        if (columns > 0) {
            narrow(widths, columns);
        }
        List<String> lines = new ArrayList<>();
        add(lines, heading, widths, true);
        rows.forEach(row -> add(lines, row, widths, false));
        return lines;
    }

    private int[] widths() {
        int[] widths = heading.stream().mapToInt(Columns::of).toArray();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], Columns.of(row.get(i)));
            }
        }
        return widths;
    }

    private static void narrow(int[] widths, int columns) {
        int room = columns - GAP.length() * (widths.length - 1);
        int over = Arrays.stream(widths).sum() - room;
        while (over > 0) {
            int widest = widest(widths);
            int second = secondWidest(widths, widest);
            int less = Math.min(over, Math.max(1, widths[widest] - second));
            int narrowed = Math.max(NARROWEST, widths[widest] - less);
            if (narrowed == widths[widest]) {
                return;
            }
            over -= widths[widest] - narrowed;
            widths[widest] = narrowed;
        }
    }

    private static int widest(int[] widths) {
        int widest = 0;
        for (int i = 1; i < widths.length; i++) {
            if (widths[i] >= widths[widest]) {
                widest = i;
            }
        }
        return widest;
    }

    private static int secondWidest(int[] widths, int widest) {
        int second = 0;
        for (int i = 0; i < widths.length; i++) {
            if (i != widest) {
                second = Math.max(second, widths[i]);
            }
        }
        return second;
    }

    private void add(List<String> lines, List<String> cells, int[] widths, boolean isHeading) {
        List<List<String>> parts = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            parts.add(Columns.wrap(cells.get(i), widths[i]));
        }
        int height = parts.stream().mapToInt(List::size).max().orElse(1);
        for (int line = 0; line < height; line++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < parts.size(); i++) {
                String part = line < parts.get(i).size() ? parts.get(i).get(line) : "";
                String blanks = " ".repeat(widths[i] - Columns.of(part));
                text.append(i == 0 ? "" : GAP).append(right.contains(i) ? blanks + part : part + blanks);
            }
            String plain = text.toString().stripTrailing();
            lines.add(isHeading ? paint.apply(plain) : plain);
        }
    }
}
