package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.RollbackReport.Failure;
import dev.wellhead.migrate.internal.Lexer;
import dev.wellhead.migrate.internal.Outline;
import dev.wellhead.migrate.internal.Placeholders;
import dev.wellhead.migrate.internal.ScriptException;
import dev.wellhead.migrate.internal.SqlStatement;
import dev.wellhead.migrate.internal.lint.OutsideEffect;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One half of a migration as a trial runs it, in a database that is thrown away. Immutable. */
final class ScratchScript {
    private static final Set<String> ROW_VERBS =
            Set.of("INSERT", "UPDATE", "DELETE", "COPY", "MERGE", "TRUNCATE", "WITH");

    private static final Pattern END_OF_DATA = Pattern.compile("^\\\\\\.\\r?$", Pattern.MULTILINE);

    private final String file;
    private final String sql;
    private final Dialect dialect;
    private final Placeholders placeholders;
    private final List<SqlStatement> statements;
    private final boolean fitsTransaction;
    private final @Nullable MigrationCode code;

    private ScratchScript(
            String file,
            String sql,
            @Nullable MigrationCode code,
            Dialect dialect,
            Placeholders placeholders,
            List<SqlStatement> statements,
            boolean fitsTransaction) {
        this.file = file;
        this.sql = sql;
        this.dialect = dialect;
        this.placeholders = placeholders;
        this.statements = statements;
        this.fitsTransaction = fitsTransaction;
        this.code = code;
    }

    /** A script cannot go on: at a statement, or because it cannot be split. */
    static final class Stopped extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Failure failure;

        Stopped(Failure failure, @Nullable Throwable cause) {
            super(failure.message(), cause);
            this.failure = failure;
        }

        Failure failure() {
            return failure;
        }
    }

    static ScratchScript of(String file, SqlText text, Dialect dialect, Placeholders placeholders) throws Stopped {
        try {
            String sql = text.text();
            List<SqlStatement> statements = new ArrayList<>();
            for (SqlStatement each : Lexer.split(sql, dialect)) {
                statements.add(placeholders.fill(each, dialect));
            }
            Outline.Builder outline = new Outline.Builder(dialect, 0, Set.of(), false);
            for (SqlStatement each : statements) {
                outline.add(each);
            }
            return new ScratchScript(
                    file,
                    sql,
                    text.code(),
                    dialect,
                    placeholders,
                    statements,
                    outline.build().isOneTransaction());
        } catch (ScriptException e) {
            throw new Stopped(new Failure(file, e.line(), "-", e.words()), e);
        }
    }

    boolean isEmpty() {
        return statements.isEmpty() && code == null;
    }

    /** Returns whether all of it can run in one transaction. */
    boolean fitsTransaction() {
        return fitsTransaction;
    }

    /** Returns whether it may change rows of tables. */
    boolean changesRows() {
        return code != null || statements.stream().anyMatch(statement -> ROW_VERBS.contains(statement.token(0)));
    }

    /** Returns the first statement that reaches beyond its database, null if none does. */
    @Nullable Failure reachingOut() {
        for (SqlStatement statement : statements) {
            String what = OutsideEffect.of(statement.text(), dialect);
            if (what != null) {
                return new Failure(
                        file, statement.line(), shortened(statement), what + " reaches beyond the database of a trial");
            }
        }
        return null;
    }

    /** Runs the code, or the statements in their order, but for those that reach beyond the database. */
    void run(Connection connection) throws Stopped {
        if (code != null) {
            run(code, connection);
        }
        for (SqlStatement statement : statements) {
            try {
                if (OutsideEffect.of(statement.text(), dialect) == null) {
                    send(connection, statement);
                }
            } catch (SQLException failure) {
                SQLException e = placeholders.redacted(failure);
                throw new Stopped(
                        new Failure(file, statement.line(), shortened(statement), MigrationException.words(e)), e);
            }
        }
    }

    private void run(MigrationCode code, Connection connection) throws Stopped {
        try {
            code.run(CodeConnection.of(connection));
        } catch (SQLException e) {
            throw new Stopped(new Failure(file, 1, "Java code", MigrationException.words(e)), e);
        } catch (RuntimeException e) {
            throw new Stopped(new Failure(file, 1, "Java code", e.toString()), e);
        }
    }

    /** Makes a failure of what belongs to no statement, as a commit. */
    Stopped stopped(String where, SQLException failure) {
        SQLException e = placeholders.redacted(failure);
        int line =
                statements.isEmpty() ? 1 : statements.get(statements.size() - 1).line();
        return new Stopped(new Failure(file, line, where, MigrationException.words(e)), e);
    }

    private void send(Connection connection, SqlStatement statement) throws SQLException {
        if (statement.takesData()) {
            String data = dataBehind(statement.span().end());
            Script.copy(connection, statement, new StringReader(data));
        } else {
            Script.send(connection, statement.text());
        }
    }

    /** Returns the lines below a statement, up to the one that ends them; the lexer has seen that there is one. */
    private String dataBehind(int end) {
        int from = sql.indexOf('\n', end) + 1;
        Matcher last = END_OF_DATA.matcher(sql).region(from, sql.length());
        return sql.substring(from, last.find() ? last.start() : sql.length());
    }

    private static String shortened(SqlStatement statement) {
        String line = statement.written().strip().replaceAll("\\s+", " ");
        return line.length() <= 60 ? line : line.substring(0, 57) + "...";
    }
}
