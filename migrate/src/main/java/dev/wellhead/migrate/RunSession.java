package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.SqlStatement;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one run, and the right to be the only one that runs. Made by waiting for that right, which ends with
 * {@link #close()} or with the process, however it ends. For one thread.
 */
interface RunSession extends AutoCloseable {
    /** Returns the connection that does all the work. */
    Connection connection();

    /** Begins a transaction whose statements wait no longer for locks than they may. */
    void begin() throws SQLException;

    /**
     * Prepares the session for a statement outside any transaction.
     *
     * @param patient whether it blocks nobody while it waits for locks, so that it may wait without end
     */
    void beginAlone(boolean patient) throws SQLException;

    /** Runs a statement that changes the connection; {@link #reset()} undoes that. */
    void change(SqlStatement statement) throws SQLException;

    /**
     * Undoes what a script did to the session, as far as it matters to what follows (the history): user, role, settings.
     * Inside a transaction or out of it.
     */
    void restore() throws SQLException;

    /**
     * Returns what {@link #restore()} sends, for whoever has more to send in the same trip; null if the database is in this
     * process, where trips cost nothing.
     */
    @Nullable String restoring();

    /** Returns what the database must still refuse before a commit, for people; empty if there is nothing. */
    String objection() throws SQLException;

    /** Commits. */
    void commit() throws SQLException;

    /** Rolls back if there is a transaction. */
    void rollback() throws SQLException;

    /** Undoes, outside a transaction, all that a script may have left in the session. */
    void reset() throws SQLException;

    /** Returns a condition in SQL that holds while this is the only run. */
    String fence();

    /** Returns what tells this session from all others, those to come included. */
    String backend() throws SQLException;

    /** Returns what finds out whether a statement is done. */
    StatementProbe probe();

    /**
     * Returns whether others may run all the same, on file systems where locks do not work; the history must then be read
     * again inside each transaction, which in its turn keeps everybody else out.
     */
    boolean mayHaveCompany();

    /** Says who may stand in the way of this statement, for people; empty if that is unknown. */
    String suspects(String sql);

    /** Gives up the right and the connection. Never throws; trouble is logged. */
    @Override
    void close();
}
