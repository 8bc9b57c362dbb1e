package dev.wellhead.migrate.internal.lint;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.Lexer;
import dev.wellhead.migrate.internal.ScriptException;
import java.util.ArrayList;
import java.util.List;

/** Scripts as a test writes them. */
final class Lint {
    private Lint() {}

    /** Looks at scripts that run together, on a database in use that the first one, which is not reported, has made. */
    static List<Problem> postgres(String made, String... scripts) {
        return lint(Dialect.POSTGRESQL, true, made, scripts);
    }

    static List<Problem> sqlite(String made, String... scripts) {
        return lint(Dialect.SQLITE, true, made, scripts);
    }

    static List<Problem> lint(Dialect dialect, boolean lockTimeout, String made, String... scripts) {
        try {
            List<Linter.Input> inputs = new ArrayList<>();
            inputs.add(new Linter.Input("made.sql", made, Lexer.split(made, dialect), false, true));
            for (int i = 0; i < scripts.length; i++) {
                inputs.add(
                        new Linter.Input((i + 1) + ".sql", scripts[i], Lexer.split(scripts[i], dialect), true, i == 0));
            }
            return Linter.lint(inputs, dialect, lockTimeout).stream()
                    .flatMap(List::stream)
                    .toList();
        } catch (ScriptException e) {
            throw new AssertionError(e);
        }
    }

    static List<Hazard> hazards(List<Problem> problems) {
        return problems.stream()
                .filter(problem -> problem.allowed().isEmpty())
                .map(Problem::hazard)
                .toList();
    }
}
