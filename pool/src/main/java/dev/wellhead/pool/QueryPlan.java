package dev.wellhead.pool;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** How a database goes about a query, and what might help. Immutable. */
public final class QueryPlan {
    private final String text;
    private final List<Node> nodes;
    private final List<Hint> hints;

    QueryPlan(String text, List<Node> nodes, List<Hint> hints) {
        this.text = text;
        this.nodes = List.copyOf(nodes);
        this.hints = List.copyOf(hints);
    }

    /**
     * Returns the plan as the database prints it: as text, on PostgreSQL after {@link QueryPlans#analyze} as JSON. It
     * holds the values that the query compares with, so treat it as the data itself.
     */
    public String text() {
        return text;
    }

    /** Returns the steps that are done last; PostgreSQL has one such step, SQLite lists them in their order. */
    public List<Node> nodes() {
        return nodes;
    }

    /** Returns what might make the query faster; often empty. */
    public List<Hint> hints() {
        return hints;
    }

    /** Returns steps and hints, a line each, without the contents of text literals. */
    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        nodes.forEach(node -> node.print(lines, 0));
        hints.forEach(hint -> lines.append("hint: ").append(hint.message()).append('\n'));
        return lines.toString().stripTrailing();
    }

    /** One step of a plan with those it takes its rows from. Immutable. */
    public static final class Node {
        private final Details details;
        private final List<Node> children;

        /** What is known of a step; of the figures NaN is what is not known. */
        record Details(
                String type,
                @Nullable String relation,
                @Nullable String index,
                @Nullable String condition,
                double rows,
                double cost,
                double actualRows,
                double actualMillis) {}

        Node(Details details, List<Node> children) {
            this.details = details;
            this.children = List.copyOf(children);
        }

        /** Returns what is done, in the database's words: {@code Seq Scan}, {@code SEARCH}. */
        public String type() {
            return details.type;
        }

        /** Returns the table that is read, on PostgreSQL with its schema. */
        public Optional<String> relation() {
            return Optional.ofNullable(details.relation);
        }

        /** Returns the index that is used. */
        public Optional<String> index() {
            return Optional.ofNullable(details.index);
        }

        /** Returns the condition that rows are looked up or filtered by, without the contents of text literals. */
        public Optional<String> condition() {
            String condition = details.condition;
            return condition == null ? Optional.empty() : Optional.of(SqlText.shown(condition));
        }

        /** Returns how many rows the database expects from one run of the step; empty on SQLite. */
        public OptionalDouble rows() {
            return known(details.rows);
        }

        /** Returns the estimated cost in the database's unit, that of the steps below included; empty on SQLite. */
        public OptionalDouble cost() {
            return known(details.cost);
        }

        /** Returns how many rows came from all runs of the step; empty unless the query was analyzed. */
        public OptionalDouble actualRows() {
            return known(details.actualRows);
        }

        /**
         * Returns how long all runs of the step took, in milliseconds, with those below; the processes of a parallel
         * plan add up. Empty unless the query was analyzed.
         */
        public OptionalDouble actualMillis() {
            return known(details.actualMillis);
        }

        /** Returns the steps that this one takes its rows from. */
        public List<Node> children() {
            return children;
        }

        private static OptionalDouble known(double value) {
            return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
        }

        private void print(StringBuilder lines, int depth) {
            lines.append("  ".repeat(depth)).append(details.type);
            relation().ifPresent(relation -> lines.append(" on ").append(relation));
            index().ifPresent(index -> lines.append(" using ").append(index));
            condition().ifPresent(condition -> lines.append(' ').append(condition));
            append(lines, " rows ", details.rows);
            append(lines, " cost ", details.cost);
            append(lines, " actual rows ", details.actualRows);
            append(lines, " actual ms ", details.actualMillis);
            lines.append('\n');
            children.forEach(child -> child.print(lines, depth + 1));
        }

        private static void append(StringBuilder line, String label, double value) {
            if (!Double.isNaN(value)) {
                line.append(label)
                        .append(String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.2f", value));
            }
        }

        /** Returns the step and those below it, a line each. */
        @Override
        public String toString() {
            StringBuilder lines = new StringBuilder();
            print(lines, 0);
            return lines.toString().stripTrailing();
        }
    }

    /**
     * An index that seems to be missing. Advice, not a verdict: an index costs each write, and one that serves several
     * queries is worth more than one for each.
     *
     * @param table the table that is read from end to end, on PostgreSQL with its schema
     * @param columns the columns to index, in this order; empty if the condition is too involved to tell
     * @param message the reason in one line, without the contents of text literals
     * @param createIndex the statement that creates the index, fit to be run by itself outside of a transaction; null if
     *     the columns are not known
     */
    public record Hint(
            String table,
            List<String> columns,
            String message,
            @Nullable String createIndex) {
        /** Copies the columns. */
        public Hint {
            columns = List.copyOf(columns);
        }
    }
}
