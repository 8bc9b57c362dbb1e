package dev.wellhead.backup;

import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.SchemaQueries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is compared of the schema of a PostgreSQL database: the lines of the catalogue, and one for each materialized view that
 * is filled. Whether one is filled is no matter of its definition: it is settled behind the rows.
 */
final class SchemaLines {
    private static final String FILLED = "filled ";
    private static final String FILLED_VIEWS = SchemaQueries.expanded("""
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'm' and c.relispopulated and {user} and {own:pg_class:c.oid}""");

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
}
