package dev.wellhead.migrate;

import dev.wellhead.migrate.StatementProbe.Finding;
import dev.wellhead.migrate.StatementProbe.Verdict;
import dev.wellhead.migrate.internal.SqlStatement;
import java.sql.SQLException;

/** What a statement outside transactions leaves behind when it breaks off, as an index that is not valid. For one thread. */
final class Leftovers {
    private final RunSession session;
    private final RunObserver observer;
    private final Script script;

    Leftovers(RunSession session, RunObserver observer, Script script) {
        this.session = session;
        this.observer = observer;
        this.script = script;
    }

    /** Returns whether a statement waits for locks without blocking anybody, so that it may wait as long as it takes. */
    static boolean isPatient(SqlStatement statement) {
        return statement.tokens().contains("CONCURRENTLY")
                || (statement.token(0).equals("VACUUM") && !statement.tokens().contains("FULL"));
    }

    /** Clears away what was found, outside a transaction. */
    void clear(Finding finding) throws SQLException {
        for (String mending : finding.mending()) {
            observer.mending(script, finding.words(), mending);
            Script.send(session.connection(), mending);
        }
    }

    /**
     * Clears away what an attempt before left, ours or somebody's. Returns whether that is all there was to do: a detaching
     * that was begun can only be finished.
     */
    boolean isDoneByClearing(SqlStatement statement) throws SQLException {
        Finding finding = session.probe().look(statement);
        clear(finding);
        return finding.verdict() == Verdict.DONE && !finding.mending().isEmpty();
    }

    /**
     * Looks whether an index that was made can be used: IF NOT EXISTS is content with one that is not valid.
     *
     * @throws SQLException if it cannot
     */
    void requireValid(SqlStatement statement) throws SQLException {
        if (statement.token(0).equals("CREATE") && statement.tokens().contains("INDEX")) {
            Finding finding = session.probe().look(statement);
            if (finding.verdict() == Verdict.NOT_DONE) {
                throw new SQLException("it ended, but " + finding.words());
            }
        }
    }
}
