package dev.wellhead.backup;

import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.SchemaQueries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is compared of the schema of a PostgreSQL database: the lines of the catalogue, and one for each materialized view that
 * is filled. Whether one is filled is no matter of its definition: it is settled behind the rows.
 */
final class SchemaLines {
    private static final String FILLED = "filled ";
    private static final String FILLED_VIEWS = SchemaQueries.expanded("""
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'm' and c.relispopulated and {user} and {own:pg_class:c.oid}""");

    private static final String NAME = "(?:\\w+|\"(?:[^\"]|\"\")*\")";
    private static final Pattern QUALIFIER = Pattern.compile(NAME + "\\.(?=[\\w\"])");

    // Up to the name of what holds queries, and the rest.
    private static final Pattern QUERY = Pattern.compile(
            "((?:(?:view|materialized-view|policy) " + NAME + "\\." + NAME
                    + "|(?:function|procedure) .*?\\(|rule ))(.*)",
            Pattern.DOTALL);
    private static final String MULTIRANGE = "$function$multirange_constructor";
    private static final Pattern NUMBERED = Pattern.compile("^(constraint .*_fkey)_?\\d+( FOREIGN KEY )");

    private SchemaLines() {}

    /** Returns the lines that this connection sees. */
    static SortedSet<String> of(Connection connection) throws SQLException {
        SortedSet<String> lines = new TreeSet<>(Catalog.of(connection).describe());
        filledViews(connection).forEach(view -> lines.add(FILLED + view));
        return lines;
    }

    /** Returns the materialized views that are filled, as SQL names them. */
    static List<String> filledViews(Connection connection) throws SQLException {
        return PostgresSession.queryAll(connection, FILLED_VIEWS);
    }

    /** Returns whether the lines say so of this view. */
    static boolean isFilled(SortedSet<String> lines, String view) {
        return lines.contains(FILLED + view);
    }

    /** Returns the lines without what is settled behind the rows. */
    static SortedSet<String> beforeRows(SortedSet<String> lines) {
        SortedSet<String> kept = new TreeSet<>(lines);
        kept.removeIf(line -> line.startsWith(FILLED));
        return kept;
    }

    /**
     * Returns the lines without what major versions of the server say of one and the same object in different ways: what they
     * put before names within queries, how they number the constraints that follow from one on a partitioned table, and the
     * functions of the multiranges that each range has from version 14 on.
     */
    static SortedSet<String> whateverTheVersion(SortedSet<String> lines) {
        SortedSet<String> same = new TreeSet<>();
        for (String line : lines) {
            if (line.contains(MULTIRANGE)) {
                continue;
            }
            Matcher query = QUERY.matcher(line);
            same.add(
                    query.matches()
                            ? query.group(1) + QUALIFIER.matcher(query.group(2)).replaceAll("")
                            : NUMBERED.matcher(line).replaceFirst("$1$2"));
        }
        return same;
    }
}
