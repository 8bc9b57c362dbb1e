package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.Placeholders;
import dev.wellhead.migrate.internal.Segment;
import dev.wellhead.migrate.internal.SqlStatement;
import dev.wellhead.migrate.internal.lint.StatementLocks;
import dev.wellhead.migrate.internal.lint.TableLock;
import java.util.ArrayList;
import java.util.List;

/** Writes a script down as a step of a plan. */
final class PlanSteps {
    private static final int MOST_STATEMENTS = 10_000;
    private static final int LONGEST_SQL = 10_000;

    private PlanSteps() {}

    static MigrationPlan.Step of(Script script) {
        List<MigrationPlan.Statement> statements = new ArrayList<>();
        try (ScriptCursor cursor = script.open()) {
            for (SqlStatement each = cursor.next();
                    each != null && statements.size() < MOST_STATEMENTS;
                    each = cursor.next()) {
                if (cursor.passed() > script.done()) {
                    statements.add(statement(script, cursor.passed() - 1, each));
                }
            }
        }
        Migration migration = script.migration();
        return new MigrationPlan.Step(migration.version(), migration.description(), script.file(), statements);
    }

    private static MigrationPlan.Statement statement(Script script, int number, SqlStatement statement) {
        List<Segment> segments = script.outline().segments();
        int in = 0;
        while (in < segments.size() - 1 && segments.get(in).end() <= number) {
            in++;
        }
        Segment.Kind kind = segments.get(in).kind();
        Placeholders secret = script.migration().placeholders();
        String sql = statement.written();
        List<String> locks = script.dialect() == Dialect.POSTGRESQL
                ? StatementLocks.of(statement.text()).stream()
                        .map(TableLock::toString)
                        .map(secret::redacted)
                        .toList()
                : List.of();
        return new MigrationPlan.Statement(
                statement.line(),
                sql.length() <= LONGEST_SQL ? sql : sql.substring(0, LONGEST_SQL) + "...",
                in + 1,
                kind == Segment.Kind.TRANSACTION || kind == Segment.Kind.DISCARDED,
                locks);
    }
}
