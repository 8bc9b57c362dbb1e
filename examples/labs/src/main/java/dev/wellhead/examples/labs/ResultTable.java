package dev.wellhead.examples.labs;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What a statement gives, as lines with aligned columns. */
final class ResultTable {
    private static final int MOST_ROWS = 12;
    private static final int WIDEST = 100;

    private ResultTable() {}

    static List<String> of(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                int changed = statement.getUpdateCount();
                return List.of(changed == 1 ? "1 row changed" : changed + " rows changed");
            }
            try (ResultSet rows = statement.getResultSet()) {
                return lines(rows);
            }
        }
    }

    private static List<String> lines(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        List<String[]> table = new ArrayList<>();
        String[] names = new String[columns.getColumnCount()];
        for (int i = 0; i < names.length; i++) {
            names[i] = columns.getColumnLabel(i + 1);
        }
        table.add(names);
        int more = 0;
        while (rows.next()) {
            if (table.size() > MOST_ROWS) {
                more++;
                continue;
            }
            String[] row = new String[names.length];
            for (int i = 0; i < row.length; i++) {
                String value = rows.getString(i + 1);
                row[i] = value == null ? "(null)" : value;
            }
            table.add(row);
        }
        List<String> lines = aligned(table);
        if (more > 0) {
            lines.add("... and " + more + " more");
        }
        if (table.size() == 1) {
            lines.add("(no rows)");
        }
        return lines;
    }

    private static List<String> aligned(List<String[]> table) {
        int[] widths = new int[table.get(0).length];
        for (String[] row : table) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.min(WIDEST, Math.max(widths[i], row[i].length()));
            }
        }
        List<String> lines = new ArrayList<>();
        for (String[] row : table) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(row[i]).append(" ".repeat(Math.max(0, widths[i] - row[i].length()) + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
