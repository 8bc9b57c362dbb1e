package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.internal.Lexer;
import dev.wellhead.migrate.internal.Outline;
import dev.wellhead.migrate.internal.Placeholders;
import dev.wellhead.migrate.internal.ScriptException;
import dev.wellhead.migrate.internal.SqlStatement;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One half of a migration, read once from end to end and found fit to run. Its text is read again, statement by
 * statement, when it does. Immutable.
 *
 * @param row the row of the history that it takes away, goes on with or writes anew; null if there is none yet
 * @param file where the SQL comes from, for messages
 * @param alone statements that the database was found to refuse in a transaction
 */
record Script(
        Migration migration,
        Direction direction,
        @Nullable HistoryRow row,
        String file,
        SqlText text,
        Dialect dialect,
        Set<Integer> alone,
        Outline outline) {
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
        try (Cursor cursor = new Cursor(file, text, dialect, migration.placeholders())) {
            for (SqlStatement each = cursor.next(); each != null; each = cursor.next()) {
                add(outline, each, file);
            }
            return new Script(migration, direction, row, file, text, dialect, Set.copyOf(alone), outline.build());
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

    Cursor open() {
        return new Cursor(file, text, dialect, migration.placeholders());
    }

    /** A script that is being read, statement by statement. For one thread. */
    static final class Cursor implements Closeable {
        private final String file;
        private final SqlText.Open open;
        private final Lexer lexer;
        private final Dialect dialect;
        private final Placeholders placeholders;
        private int passed;

        Cursor(String file, SqlText text, Dialect dialect, Placeholders placeholders) {
            this.file = file;
            this.dialect = dialect;
            this.placeholders = placeholders;
            try {
                this.open = text.open();
            } catch (IOException e) {
                throw SqlText.unreadable(file, e);
            }
            this.lexer = new Lexer(open.reader(), dialect);
        }

        /** Returns how many statements it has returned. */
        int passed() {
            return passed;
        }

        /** Returns the next statement, null behind the last one. */
        @Nullable SqlStatement next() {
            try {
                SqlStatement next = lexer.next();
                passed += next == null ? 0 : 1;
                return next == null ? null : placeholders.fill(next, dialect);
            } catch (ScriptException e) {
                throw unfit(file, e, "; nothing was run");
            } catch (IOException e) {
                throw SqlText.unreadable(file, e);
            }
        }

        /** Returns the data of the statement just returned. */
        Reader data() {
            return lexer.data();
        }

        /** Reads to the end, and refuses if the file is another one than was read before the run. */
        void requireSum(String expected) {
            try {
                String sum = open.total();
                if (sum != null && !sum.equals(expected)) {
                    throw new MigrationException(
                            Reason.SOURCE,
                            "migrations: file " + file
                                    + " was changed while it ran; its last transaction is rolled back;"
                                    + " let nobody write to the files of a run, and run it again");
                }
            } catch (IOException e) {
                throw SqlText.unreadable(file, e);
            }
        }

        @Override
        public void close() {
            try {
                open.close();
            } catch (IOException e) {
                throw SqlText.unreadable(file, e);
            }
        }
    }

    /** Sends one statement as it stands in the file, with its data if it takes some. */
    static void send(Connection connection, SqlStatement statement, Cursor cursor) throws SQLException {
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
