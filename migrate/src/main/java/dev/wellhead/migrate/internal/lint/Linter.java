package dev.wellhead.migrate.internal.lint;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.SqlStatement;
import java.util.ArrayList;
import java.util.List;

/** Looks at scripts in the order in which they run. All methods are pure. */
public final class Linter {
    private static final List<Rule> RULES = List.of(
            new IndexRules(),
            new ColumnRules(),
            new ConstraintRules(),
            new TableRules(),
            new RowRules(),
            new ServerRules(),
            new TypeRules());
    private static final List<Rule> SQLITE_RULES =
            List.of(new SqliteRules(), new ColumnRules(), new TableRules(), new RowRules());

    private Linter() {}

    /**
     * A script.
     *
     * @param file where it comes from
     * @param sql the whole of it, for its comments
     * @param statements its statements
     * @param reported whether what is found in it is wanted, or only what it says about the database
     * @param startsRun whether tables that were made before it are in use
     */
    public record Input(String file, String sql, List<SqlStatement> statements, boolean reported, boolean startsRun) {}

    /**
     * Returns what was found in each script, an empty list for one that is not reported.
     *
     * @param lockTimeout whether statements wait for locks for a bounded time, unless they say otherwise
     */
    public static List<List<Problem>> lint(List<Input> inputs, Dialect dialect, boolean lockTimeout) {
        Known known = new Known();
        List<List<Problem>> found = new ArrayList<>();
        for (Input input : inputs) {
            if (input.startsRun) {
                known.startRun();
            }
            List<Problem> problems = lint(input, dialect, lockTimeout, known);
            found.add(input.reported ? problems : List.of());
        }
        return found;
    }

    private static List<Problem> lint(Input input, Dialect dialect, boolean lockTimeout, Known known) {
        boolean postgres = dialect == Dialect.POSTGRESQL;
        Allowances allowances = Allowances.of(input.sql);
        Problems problems = new Problems(input.file, allowances, dialect);
        MigrationRules together = new MigrationRules(postgres, lockTimeout);
        List<Sql> parsed = new ArrayList<>();
        for (SqlStatement statement : input.statements) {
            parsed.add(Sql.of(statement.text(), statement.line(), dialect));
        }
        known.startScript(parsed);
        for (int i = 0; i < parsed.size(); i++) {
            SqlStatement statement = input.statements.get(i);
            Sql sql = parsed.get(i);
            List<TableLock> locks = postgres ? StatementLocks.of(sql, known) : List.of();
            int last = statement.line()
                    + TokenReader.lines(
                            statement.written(), 0, statement.written().length());
            problems.at(statement.line(), last, statement.written(), locks);
            for (Rule rule : postgres ? RULES : SQLITE_RULES) {
                rule.check(sql, known, problems);
            }
            together.check(sql, locks, known, problems);
            known.learn(sql);
            allowances.behind(last);
        }
        allowances.check(problems);
        return problems.found();
    }
}
