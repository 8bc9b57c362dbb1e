package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.internal.Outline;
import dev.wellhead.migrate.internal.ScriptException;
import dev.wellhead.migrate.internal.SqlStatement;
import java.io.Reader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One half of a migration, read once from end to end and found fit to run. When it does, it is read again, statement by
 * statement, unless it is so short that its statements were kept. Immutable.
 *
 * @param row the row of the history that it takes away, goes on with or writes anew; null if there is none yet
 * @param file where the SQL comes from, for messages
 * @param alone statements that the database was found to refuse in a transaction
 * @param kept its statements, if it is short
 */
record Script(
        Migration migration,
        Direction direction,
        @Nullable HistoryRow row,
        String file,
        SqlText text,
        Dialect dialect,
        Set<Integer> alone,
        Outline outline,
        @Nullable List<SqlStatement> kept) {
    /**
     * Reads the SQL that applies a migration.
     *
     * @param row that of an earlier run that did not reach the end, or of one that is repeated
     */
    static Script up(Migration migration, @Nullable HistoryRow row, Dialect dialect) {
        return of(migration, Direction.APPLIED, row, migration.origin(), migration.upText(), dialect, Set.of());
    }

    /** Reads the SQL that takes a migration back; there must be some. */
    static Script down(Migration migration, HistoryRow row, Dialect dialect) {
        SqlText text = Objects.requireNonNull(migration.downText());
        return of(migration, Direction.ROLLED_BACK, row, migration.downOrigin(), text, dialect, Set.of());
    }

    /** Returns the same script with one more statement that must not be in a transaction. */
    Script withAlone(int number) {
        Set<Integer> more = new TreeSet<>(alone);
        more.add(number);
        return of(migration, direction, row, file, text, dialect, more);
    }

    private static Script of(
            Migration migration,
            Direction direction,
            @Nullable HistoryRow row,
            String file,
            SqlText text,
            Dialect dialect,
            Set<Integer> alone) {
        int done = row != null && row.isMidway() ? row.progress().done() : 0;
        Outline.Builder outline = new Outline.Builder(dialect, done, alone, text.isApart());
        List<SqlStatement> kept = text.isShort() ? new ArrayList<>() : null;
        try (ScriptCursor cursor = ScriptCursor.of(file, text, dialect, migration.placeholders())) {
            for (SqlStatement each = cursor.next(); each != null; each = cursor.next()) {
                add(outline, each, file);
                kept = kept == null || each.takesData() ? null : with(kept, each);
            }
            return new Script(migration, direction, row, file, text, dialect, Set.copyOf(alone), outline.build(), kept);
        } catch (ScriptException e) {
            throw notFit(file, e);
        }
    }

    /** Says of a script that it cannot be split, or that a placeholder in it cannot be filled. */
    static MigrationException unfit(String file, ScriptException cause, String outcome) {
        return new MigrationException(
                cause.isPlaceholder() ? Reason.PLACEHOLDER : Reason.SCRIPT,
                file + ", " + cause.words() + outcome + "; correct the file"
                        + (cause.isPlaceholder() ? ", or what placeholders(...) is given" : ""),
                cause);
    }

    private static List<SqlStatement> with(List<SqlStatement> kept, SqlStatement one) {
        kept.add(one);
        return kept;
    }

    private static void add(Outline.Builder outline, SqlStatement statement, String file) {
        try {
            outline.add(statement);
        } catch (ScriptException e) {
            throw notFit(file, e);
        }
    }

    private static MigrationException notFit(String file, ScriptException cause) {
        return new MigrationException(
                Reason.NOT_TRANSACTIONAL,
                file + ", line " + cause.line() + ": " + cause.getMessage() + "; nothing was run; correct the file",
                cause);
    }

    /** Returns the version as the history has it or will have it. */
    String recordedVersion() {
        return row == null ? migration.version() : row.version();
    }

    /** Returns whether the session is behind it as before it, so that it need not be cleared. */
    boolean keepsSession() {
        return text.code() == null && outline.keepsSession();
    }

    /** Returns how many statements earlier runs have done. */
    int done() {
        return row != null && row.isMidway() ? row.progress().done() : 0;
    }

    ScriptCursor open() {
        return kept == null ? ScriptCursor.of(file, text, dialect, migration.placeholders()) : ScriptCursor.of(kept);
    }

    /** Sends one statement as it stands in the file, with its data if it takes some. */
    static void send(Connection connection, SqlStatement statement, ScriptCursor cursor) throws SQLException {
        if (statement.takesData()) {
            copy(connection, statement, cursor.data());
        } else {
            send(connection, statement.text());
        }
    }

    /** Sends one statement. */
    static void send(Connection connection, String sql) throws SQLException {
        // Not a prepared one: question marks may be operators, and not everything can be prepared.
        try (Statement sending = connection.createStatement()) {
            sending.setEscapeProcessing(false);
            sending.execute(sql);
        }
    }

    /** Sends a {@code COPY ... FROM stdin} and its data. */
    static void copy(Connection connection, SqlStatement statement, Reader data) throws SQLException {
        try {
            PostgresCopy.send(connection, statement.text(), data);
        } catch (LinkageError e) {
            throw new SQLException(
                    "COPY ... FROM stdin needs the classes of the PostgreSQL driver where Wellhead's are", e);
        }
    }
}
