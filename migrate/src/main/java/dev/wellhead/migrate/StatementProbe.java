package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.Placeholders;
import dev.wellhead.migrate.internal.SqlStatement;
import java.sql.SQLException;
import java.util.List;

/** Asks the catalogue whether a statement that runs outside transactions is done. For one thread. */
interface StatementProbe {
    /** What the catalogue can say. */
    enum Verdict {
        /** It is done. */
        DONE,
        /** It is not done, or doing it again does no harm. */
        NOT_DONE,
        /** The catalogue cannot tell. */
        UNKNOWN
    }

    /**
     * What was found.
     *
     * @param verdict holds when the mending has been done
     * @param words the state of the database, for people
     * @param mending statements that clear away what an attempt left behind, each to be run outside a transaction
     */
    record Finding(Verdict verdict, String words, List<String> mending) {
        Finding(Verdict verdict, String words) {
            this(verdict, words, List.of());
        }

        Finding redacted(Placeholders placeholders) {
            return new Finding(verdict, placeholders.redacted(words), mending);
        }
    }

    /** Looks, and changes nothing. */
    Finding look(SqlStatement statement) throws SQLException;

    /** Returns whether the database does all of this statement or nothing, so that one that failed did nothing. */
    boolean isAllOrNothing(SqlStatement statement);

    /** Returns whether the session of an earlier run still works, for people; empty if it is gone. */
    String stillAtWork(String backend) throws SQLException;
}
