package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.Json;
import dev.wellhead.migrate.internal.TextTable;
import java.util.List;

/** What {@link Migrator#migrate()} would do, statement by statement. Immutable and thread-safe. */
public final class MigrationPlan {
    private static final int SHOWN = 72;

    private final List<Step> steps;

    MigrationPlan(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    /**
     * One pending migration.
     *
     * @param version the version as its author wrote it
     * @param description what it is about
     * @param file where it comes from
     * @param statements its statements in their order, those left out that earlier runs have committed; of more than
     *     10,000 the first ones
     */
    public record Step(String version, String description, String file, List<Statement> statements) {
        /** Copies the list. */
        public Step {
            statements = List.copyOf(statements);
        }
    }

    /**
     * One statement.
     *
     * @param line the line of its file in which it starts, from 1
     * @param sql the statement as it would be sent, without its semicolon; of very long ones the beginning
     * @param segment which part of its file it is in, from 1; each part is committed by itself
     * @param transactional whether that part is a transaction; else the statement runs alone, outside any
     * @param locks the locks that it takes on tables, as far as its words tell; none on SQLite
     */
    public record Statement(int line, String sql, int segment, boolean transactional, List<String> locks) {
        /** Copies the list. */
        public Statement {
            locks = List.copyOf(locks);
        }
    }

    /** Returns the pending migrations in the order in which they would run. */
    public List<Step> steps() {
        return steps;
    }

    /** Returns whether nothing is pending. */
    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /** Returns the statements as a table for people, long ones cut. */
    @Override
    public String toString() {
        if (steps.isEmpty()) {
            return "nothing pending";
        }
        TextTable table = new TextTable("version", "file", "line", "segment", "locks", "statement");
        for (Step step : steps) {
            if (step.statements().isEmpty()) {
                table.row(step.version(), step.file(), "-", "-", "-", "(no statement)");
            }
            for (Statement statement : step.statements()) {
                table.row(
                        step.version(),
                        step.file(),
                        statement.line(),
                        statement.segment() + (statement.transactional() ? "" : " alone"),
                        statement.locks().isEmpty() ? "-" : String.join(", ", statement.locks()),
                        shortened(statement.sql()));
            }
        }
        return table.toString();
    }

    /** Returns the plan as JSON. */
    public String toJson() {
        return Json.write(Json.object(
                "steps",
                steps.stream()
                        .map(step -> Json.object(
                                "version",
                                step.version(),
                                "description",
                                step.description(),
                                "file",
                                step.file(),
                                "statements",
                                step.statements().stream()
                                        .map(statement -> Json.object(
                                                "line",
                                                statement.line(),
                                                "sql",
                                                statement.sql(),
                                                "segment",
                                                statement.segment(),
                                                "transactional",
                                                statement.transactional(),
                                                "locks",
                                                statement.locks()))
                                        .toList()))
                        .toList()));
    }

    private static String shortened(String sql) {
        String line = sql.strip().replaceAll("\\s+", " ");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN - 3) + "...";
    }
}
