package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.jdbc.internal.DdlQueries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statements that make the schema of a PostgreSQL database anew, read from its catalogue. Takes along what {@link
 * DdlQueries} lists, and refuses a database that has anything else. For one call of {@link #read}.
 */
final class PostgresDdl {
    private static final int SHOWN = 5;
    private static final int MOST_STEPS = 4;

    private final Connection connection;
    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>();
    private final Map<Node, SortedSet<Node>> needs = new HashMap<>();
    private final Set<Node> done = new HashSet<>();
    private final Set<Node> after = new HashSet<>();
    private final Set<Node> path = new LinkedHashSet<>();
    private final List<Node> ordered = new ArrayList<>();

    private record Node(String key, int rank, String name, String sql) implements Comparable<Node> {
        private static final Comparator<Node> ORDER =
                Comparator.comparing(Node::rank).thenComparing(Node::name).thenComparing(Node::key);

        @Override
        public int compareTo(Node other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * What to run.
     *
     * @param before before there are rows, in this order
     * @param indexes once there are rows, in any order
     * @param after behind them, in this order
     */
    record Script(List<String> before, List<String> indexes, List<String> after) {}

    private PostgresDdl(Connection connection) {
        this.connection = connection;
    }

    /**
     * Reads what the connection's snapshot sees; its search path must be empty.
     *
     * @throws BackupException if there is something that is not taken along
     */
    static Script read(Connection connection) throws SQLException {
        return new PostgresDdl(connection).script();
    }

    private Script script() throws SQLException {
        requireKnown();
        for (String query : DdlQueries.OBJECTS) {
            PostgresSession.eachRow(connection, query, row -> {
                Node node = new Node(row.getString(1), row.getInt(2), row.getString(3), row.getString(4));
                nodes.put(node.key, node);
            });
        }
        PostgresSession.eachRow(connection, DdlQueries.ALIASES, row -> aliases.put(row.getString(1), row.getString(2)));
        PostgresSession.eachRow(connection, DdlQueries.DEPENDENCIES, row -> {
            Node later = node(row.getString(1));
            Node earlier = node(row.getString(2));
            if (later != null && earlier != null && !later.equals(earlier)) {
                needs.computeIfAbsent(later, node -> new TreeSet<>()).add(earlier);
            }
        });
        new TreeSet<>(nodes.values()).forEach(this::visit);
        return divided();
    }

    private void requireKnown() throws SQLException {
        List<String> refused = new ArrayList<>();
        PostgresSession.eachRow(
                connection, DdlQueries.REFUSED, row -> refused.add(row.getString(1) + " " + row.getString(2)));
        if (!refused.isEmpty()) {
            throw new BackupException(
                    Kind.UNSUPPORTED,
                    "the database has what cannot be taken along without its migrations: "
                            + refused.stream().limit(SHOWN).collect(Collectors.joining(", "))
                            + (refused.size() > SHOWN ? " and " + (refused.size() - SHOWN) + " more" : "")
                            + "; give Database.postgres a SchemaSource or ClientPrograms");
        }
    }

    private @Nullable Node node(String key) {
        String now = key;
        // A column's array of a table's row, and the like: few steps, and never round.
        for (int steps = 0; steps < MOST_STEPS && !nodes.containsKey(now); steps++) {
            now = aliases.getOrDefault(now, now);
        }
        return nodes.get(now);
    }

    private SortedSet<Node> needsOf(Node node) {
        return needs.getOrDefault(node, Collections.emptySortedSet());
    }

    private void visit(Node node) {
        if (done.contains(node)) {
            return;
        }
        if (!path.add(node)) {
            throw new BackupException(
                    Kind.UNSUPPORTED,
                    "the database has objects that need each other: "
                            + path.stream().map(Node::name).collect(Collectors.joining(", "))
                            + "; give Database.postgres a SchemaSource or ClientPrograms");
        }
        boolean late = node.rank >= DdlQueries.AFTER;
        for (Node need : needsOf(node)) {
            visit(need);
            late |= after.contains(need);
        }
        path.remove(node);
        done.add(node);
        if (late) {
            after.add(node);
        }
        ordered.add(node);
    }

    private Script divided() throws SQLException {
        List<String> before = new ArrayList<>();
        before.add("set check_function_bodies = off");
        List<String> indexes = new ArrayList<>();
        List<String> late = new ArrayList<>();
        if (PostgresSession.queryOne(connection, "select count(*) from pg_namespace where nspname = 'public'")
                .equals("0")) {
            before.add("drop schema public");
        }
        for (Node node : ordered) {
            if (!after.contains(node)) {
                before.add(node.sql);
            } else if (isIndex(node) && needsOf(node).stream().noneMatch(after::contains)) {
                indexes.add(node.sql);
            } else {
                late.add(node.sql);
            }
        }
        before.addAll(texts(DdlQueries.FINISHING));
        List<String> all = new ArrayList<>(texts(DdlQueries.COMPLETING));
        all.addAll(late);
        all.addAll(filling());
        all.addAll(texts(DdlQueries.LAST));
        return new Script(before, indexes, all);
    }

    // One that reads another one comes later.
    private List<String> filling() throws SQLException {
        Map<String, String> statements = new HashMap<>();
        PostgresSession.eachRow(
                connection, DdlQueries.FILLING, row -> statements.put(row.getString(1), row.getString(2)));
        return ordered.stream()
                .map(node -> statements.get(node.key))
                .filter(Objects::nonNull)
                .toList();
    }

    private static boolean isIndex(Node node) {
        return node.rank == 10 || node.rank == 11;
    }

    private List<String> texts(List<String> queries) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (String query : queries) {
            texts.addAll(PostgresSession.queryAll(connection, query));
        }
        return texts;
    }
}
