package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.internal.Lexer;
import dev.wellhead.migrate.internal.Placeholders;
import dev.wellhead.migrate.internal.ScriptException;
import dev.wellhead.migrate.internal.SqlStatement;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A script that is gone through, statement by statement. For one thread. */
abstract class ScriptCursor implements Closeable {
    private int passed;

    private ScriptCursor() {}

    /** Reads a text. */
    static ScriptCursor of(String file, SqlText text, Dialect dialect, Placeholders placeholders) {
        try {
            return new Reading(file, text.open(), dialect, placeholders);
        } catch (IOException e) {
            throw SqlText.unreadable(file, e);
        }
    }

    /** Goes through statements that were read before, none of which takes data. */
    static ScriptCursor of(List<SqlStatement> statements) {
        return new Remembering(statements);
    }

    /** Returns the next statement, null behind the last one. */
    final @Nullable SqlStatement next() {
        SqlStatement next = read();
        passed += next == null ? 0 : 1;
        return next;
    }

    /** Returns how many statements it has returned. */
    final int passed() {
        return passed;
    }

    abstract @Nullable SqlStatement read();

    /** Returns the data of the statement just returned. */
    abstract Reader data();

    /** Reads to the end, and refuses if the file is another one than was read before the run. */
    abstract void requireSum(String expected);

    @Override
    public abstract void close();

    private static final class Reading extends ScriptCursor {
        private final String file;
        private final SqlText.Open open;
        private final Lexer lexer;
        private final Dialect dialect;
        private final Placeholders placeholders;

        Reading(String file, SqlText.Open open, Dialect dialect, Placeholders placeholders) {
            this.file = file;
            this.open = open;
            this.lexer = new Lexer(open.reader(), dialect);
            this.dialect = dialect;
            this.placeholders = placeholders;
        }

        @Override
        @Nullable SqlStatement read() {
            try {
                SqlStatement next = lexer.next();
                return next == null ? null : placeholders.fill(next, dialect);
            } catch (ScriptException e) {
                throw Script.unfit(file, e, "; nothing was run");
            } catch (IOException e) {
                throw SqlText.unreadable(file, e);
            }
        }

        @Override
        Reader data() {
            return lexer.data();
        }

        @Override
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

    private static final class Remembering extends ScriptCursor {
        private final Iterator<SqlStatement> statements;

        Remembering(List<SqlStatement> statements) {
            this.statements = statements.iterator();
        }

        @Override
        @Nullable SqlStatement read() {
            return statements.hasNext() ? statements.next() : null;
        }

        @Override
        Reader data() {
            throw new IllegalStateException("the statement takes no data");
        }

        @Override
        void requireSum(String expected) {
            // They were all read from the text that the sum is of.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
