package dev.wellhead.migrate.internal;

import dev.wellhead.core.Redaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text under a heading, in columns as wide as they must be. For one thread. */
public final class TextTable {
    private static final String GAP = "  ";

    private final int columns;
    private final List<String[]> rows = new ArrayList<>();

    /** Starts a table with this heading. */
    public TextTable(String... heading) {
        columns = heading.length;
        rows.add(heading.clone());
    }

    /** Adds a row of as many cells as the heading has. Control characters are escaped. */
    public TextTable row(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException("a row of " + cells.length + " cells in a table of " + columns);
        }
        rows.add(Arrays.stream(cells)
                .map(cell -> Redaction.printable(String.valueOf(cell)))
                .toArray(String[]::new));
        return this;
    }

    /** Returns the lines, without a line end after the last one. */
    @Override
    public String toString() {
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length()));
                line.append(GAP);
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join("\n", lines);
    }
}
