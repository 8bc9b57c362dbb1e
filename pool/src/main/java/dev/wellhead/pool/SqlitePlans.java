package dev.wellhead.pool;

import dev.wellhead.jdbc.internal.Identifiers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Plans of SQLite, on a connection of the caller's. */
final class SqlitePlans {
    private static final int WORTH_AN_INDEX_ROWS = 10_000;
    // SCAN events, SEARCH e USING COVERING INDEX i (kind=? AND at>?); versions before 3.36 say SCAN TABLE events AS e.
    private static final Pattern ACCESS = Pattern.compile(
            "(SCAN|SEARCH) (?:TABLE )?(\\S+)(?: AS (\\S+))?(?: USING (?:AUTOMATIC )?(?:PARTIAL )?(?:COVERING )?(?:INDEX (\\S+)"
                    + "|INTEGER PRIMARY KEY|PRIMARY KEY))?(?: (\\(.*\\)))?.*");
    private static final Set<String> AFTER_WHERE =
            Set.of("group", "order", "limit", "window", "having", "returning", "union", "except", "intersect");

    private final Connection connection;
    private final Set<QueryPlan.Hint> hints = new LinkedHashSet<>();

    SqlitePlans(Connection connection) {
        this.connection = connection;
    }

    /** A line of the plan. */
    private record Line(int id, int parent, String detail) {}

    QueryPlan explain(ExplainableSql sql) throws SQLException {
        List<Line> lines = lines(sql);
        for (Line line : lines) {
            Matcher access = ACCESS.matcher(line.detail);
            if (access.matches() && access.group(1).equals("SCAN") && !line.detail.contains(" USING ")) {
                look(sql.tokens(), access.group(2));
            }
        }
        StringBuilder text = new StringBuilder();
        print(lines, 0, 0, text);
        return new QueryPlan(text.toString().stripTrailing(), nodes(lines, 0), List.copyOf(hints));
    }

    private List<Line> lines(ExplainableSql sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("EXPLAIN QUERY PLAN " + sql.sql())) {
            // The plan is the same for all values, but the driver wants some.
            int places = statement.getParameterMetaData().getParameterCount();
            for (int i = 1; i <= places; i++) {
                statement.setNull(i, Types.NULL);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<Line> lines = new ArrayList<>();
                while (rows.next()) {
                    lines.add(new Line(rows.getInt("id"), rows.getInt("parent"), rows.getString("detail")));
                }
                return lines;
            }
        }
    }

    private static void print(List<Line> lines, int parent, int depth, StringBuilder text) {
        for (Line line : lines) {
            if (line.parent == parent) {
                text.append("  ".repeat(depth)).append(line.detail).append('\n');
                print(lines, line.id, depth + 1, text);
            }
        }
    }

    private static List<QueryPlan.Node> nodes(List<Line> lines, int parent) {
        List<QueryPlan.Node> nodes = new ArrayList<>();
        for (Line line : lines) {
            if (line.parent == parent) {
                nodes.add(new QueryPlan.Node(details(line.detail), nodes(lines, line.id)));
            }
        }
        return nodes;
    }

    private static QueryPlan.Node.Details details(String detail) {
        Matcher access = ACCESS.matcher(detail);
        boolean known = access.matches();
        return new QueryPlan.Node.Details(
                known ? access.group(1) : detail,
                known ? access.group(2) : null,
                known ? access.group(4) : null,
                known ? access.group(5) : null,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN);
    }

    // --- hints

    /**
     * Looks for the columns of a table that is scanned in the statement's condition.
     *
     * @param shown how the plan names it: by its alias if it has one
     */
    private void look(List<SqlToken> tokens, String shown) throws SQLException {
        Optional<String> table = table(tokens, shown);
        List<SqlToken> where = where(tokens);
        if (table.isEmpty() || where.isEmpty() || isSmall(table.get())) {
            return;
        }
        String name = table.get();
        Map<String, String> own = columns(name);
        Optional<List<ComparedColumns.Column>> compared = ComparedColumns.of(where);
        List<String> columns = compared.map(all -> all.stream()
                        .filter(column -> column.cast() == null && isOf(column, shown, name, own))
                        .map(column -> new ComparedColumns.Column(
                                null, own.getOrDefault(column.name(), column.name()), null, column.equality()))
                        .toList())
                .map(ComparedColumns::inIndexOrder)
                .orElse(List.of());
        // A condition on other tables alone says nothing of this one.
        if ((compared.isPresent() && columns.isEmpty()) || isIndexed(name, columns)) {
            return;
        }
        String found = "table " + name + " of " + WORTH_AN_INDEX_ROWS + " rows or more is read from end to end";
        if (columns.isEmpty()) {
            hints.add(new QueryPlan.Hint(
                    name, columns, SqlText.shown(found) + "; an index for its condition might help", null));
            return;
        }
        String create = "CREATE INDEX " + Identifiers.quote(indexName(name, columns)) + " ON " + Identifiers.quote(name)
                + " ("
                + String.join(", ", columns.stream().map(Identifiers::quote).toList()) + ")";
        hints.add(new QueryPlan.Hint(name, columns, SqlText.shown(found) + "; consider: " + create, create));
    }

    // SQLite gives an index no name of its own.
    private static String indexName(String table, List<String> columns) {
        return table + "_" + String.join("_", columns) + "_idx";
    }

    private static boolean isOf(ComparedColumns.Column column, String shown, String table, Map<String, String> own) {
        String qualifier = column.qualifier();
        return qualifier == null
                ? own.containsKey(column.name())
                : qualifier.equalsIgnoreCase(shown) || qualifier.equalsIgnoreCase(table);
    }

    /** Returns the table of this name or alias. */
    private Optional<String> table(List<SqlToken> tokens, String shown) throws SQLException {
        Optional<String> itself = tableNamed(shown);
        for (int i = 1; itself.isEmpty() && i < tokens.size(); i++) {
            if (tokens.get(i).isName() && tokens.get(i).name().equalsIgnoreCase(shown)) {
                int before = tokens.get(i - 1).is("as") ? i - 2 : i - 1;
                if (before >= 0 && tokens.get(before).isName()) {
                    itself = tableNamed(tokens.get(before).name());
                }
            }
        }
        return itself;
    }

    private Optional<String> tableNamed(String name) throws SQLException {
        return query(
                        "select name from sqlite_master where type = 'table' and name = ? collate nocase",
                        name,
                        row -> row.getString(1))
                .stream()
                .findFirst();
    }

    /** Returns the condition of a statement that has one only. */
    private static List<SqlToken> where(List<SqlToken> tokens) {
        if (tokens.stream().filter(token -> token.is("where")).count() != 1
                || tokens.stream().filter(token -> token.is("select")).count() > 1) {
            return List.of();
        }
        int from = 0;
        while (!tokens.get(from).is("where")) {
            from++;
        }
        int to = from + 1;
        while (to < tokens.size() && !AFTER_WHERE.contains(tokens.get(to).text().toLowerCase(Locale.ROOT))) {
            to++;
        }
        return tokens.subList(from + 1, to);
    }

    /** Counts no further than it takes: SQLite knows the number of rows only if it has been told to. */
    private boolean isSmall(String table) throws SQLException {
        String sql = "select count(*) from (select 1 from " + Identifiers.quote(table) + " limit cast(? as integer))";
        String enough = String.valueOf(WORTH_AN_INDEX_ROWS);
        return query(sql, enough, row -> row.getInt(1)).get(0) < WORTH_AN_INDEX_ROWS;
    }

    private Map<String, String> columns(String table) throws SQLException {
        Map<String, String> columns = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        query("select name from pragma_table_info(?)", table, row -> columns.put(row.getString(1), row.getString(1)));
        return columns;
    }

    /** Returns whether an index begins with these columns, so that the planner had its reasons not to use it. */
    private boolean isIndexed(String table, List<String> columns) throws SQLException {
        List<String> indexes =
                query("select name from pragma_index_list(?) where partial = 0", table, row -> row.getString(1));
        for (String index : indexes) {
            List<@Nullable String> indexed =
                    query("select name from pragma_index_info(?) order by seqno", index, row -> row.getString(1));
            if (!columns.isEmpty()
                    && indexed.size() >= columns.size()
                    && indexed.subList(0, columns.size()).containsAll(columns)) {
                return true;
            }
        }
        return false;
    }

    @FunctionalInterface
    private interface Row<T extends @Nullable Object> {
        T read(ResultSet row) throws SQLException;
    }

    private <T extends @Nullable Object> List<T> query(String sql, String parameter, Row<T> row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(row.read(rows));
                }
                return all;
            }
        }
    }
}
