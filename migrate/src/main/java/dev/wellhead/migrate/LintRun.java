package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.LintReport.Finding;
import dev.wellhead.migrate.internal.Lexer;
import dev.wellhead.migrate.internal.Placeholders;
import dev.wellhead.migrate.internal.ScriptException;
import dev.wellhead.migrate.internal.SqlStatement;
import dev.wellhead.migrate.internal.lint.Linter;
import dev.wellhead.migrate.internal.lint.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Hands migrations to the linter, and makes a report of what it finds. */
final class LintRun {
    private final Dialect dialect;
    private final MigrationOptions options;

    LintRun(Dialect dialect, MigrationOptions options) {
        this.dialect = dialect;
        this.options = options;
    }

    /** Looks at those that are pending; what was applied before tells which index is on which table, and the like. */
    LintReport pending(List<Migration> all, Predicate<Migration> pending) {
        List<Linter.Input> inputs = new ArrayList<>();
        boolean started = false;
        for (Migration migration : all) {
            boolean reported = pending.test(migration);
            inputs.add(input(migration, reported, reported && !started));
            started |= reported;
        }
        return report(all, inputs);
    }

    /** Looks at all of them, each as a run of its own. */
    LintReport each(List<Migration> all) {
        return report(
                all, all.stream().map(migration -> input(migration, true, true)).toList());
    }

    private Linter.Input input(Migration migration, boolean reported, boolean startsRun) {
        try {
            String sql = migration.up();
            List<SqlStatement> statements = new ArrayList<>();
            for (SqlStatement each : Lexer.split(sql, dialect)) {
                statements.add(migration.placeholders().fill(each, dialect));
            }
            return new Linter.Input(migration.origin(), sql, statements, reported, startsRun);
        } catch (ScriptException e) {
            throw Script.unfit(migration.origin(), e, "");
        }
    }

    private LintReport report(List<Migration> migrations, List<Linter.Input> inputs) {
        List<List<Problem>> problems = Linter.lint(inputs, dialect, options.lockTimeout() != null);
        List<Finding> findings = new ArrayList<>();
        List<Finding> allowed = new ArrayList<>();
        for (int i = 0; i < migrations.size(); i++) {
            for (Problem problem : problems.get(i)) {
                Finding finding = finding(migrations.get(i), problem);
                (finding.allowed() == null ? findings : allowed).add(finding);
            }
        }
        return new LintReport(findings, allowed);
    }

    private static Finding finding(Migration migration, Problem problem) {
        Placeholders secret = migration.placeholders();
        return new Finding(
                problem.hazard().id(),
                LintReport.Severity.valueOf(problem.hazard().severity().name()),
                migration.version(),
                problem.file(),
                problem.line(),
                problem.statement(),
                problem.locks().stream()
                        .map(lock -> new LintReport.Lock(
                                secret.redacted(lock.table()),
                                lock.mode().words(),
                                lock.mode().blocks()))
                        .toList(),
                secret.redacted(problem.why()),
                secret.redacted(problem.recipe()),
                problem.allowed().isEmpty() ? null : problem.allowed());
    }
}
