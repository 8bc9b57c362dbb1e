package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What PostgreSQL says of a query that it ran, by {@code EXPLAIN (ANALYZE, BUFFERS)}.
 *
 * @param lines as printed
 * @param buffers how many pages it looked at, in memory or on disk
 */
record PostgresPlan(List<String> lines, long buffers) {
    private static final Pattern PAGES = Pattern.compile("(?:hit|read)=(\\d+)");

    /** Runs the query. It must not write. */
    static PostgresPlan of(Connection connection, String sql, Object... parameters) throws SQLException {
        List<String> lines = Sql.rows(
                connection, "explain (analyze, buffers, costs off, timing off, summary off) " + sql, parameters);
        // The first such line is that of the topmost node, which has those below it counted in.
        long buffers = lines.stream()
                .filter(line -> line.strip().startsWith("Buffers:"))
                .findFirst()
                .map(PostgresPlan::pages)
                .orElse(0L);
        return new PostgresPlan(lines, buffers);
    }

    private static long pages(String line) {
        long pages = 0;
        Matcher numbers = PAGES.matcher(line);
        while (numbers.find()) {
            pages += Long.parseLong(numbers.group(1));
        }
        return pages;
    }

    /** Returns whether there is a node of this type, as {@code Seq Scan}. */
    boolean has(String node) {
        return lines.stream().anyMatch(line -> line.contains(node));
    }
}
