package dev.wellhead.migrate;

import java.sql.Connection;
import java.sql.SQLException;

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
     * Undoes, inside the transaction, what a script did to the session: user, role, settings. What follows (the history)
     * then works as if the script had not been there.
     */
    void restore() throws SQLException;

    /** Commits. */
    void commit() throws SQLException;

    /** Rolls back if there is a transaction. */
    void rollback() throws SQLException;

    /** Undoes, outside a transaction, all that a script may have left in the session. */
    void reset() throws SQLException;

    /** Returns whether this is still the only run: false if the right to it was lost. */
    boolean isAlone();

    /**
     * Returns whether others may run all the same, on file systems where locks do not work; the history must then be read
     * again inside each transaction, which in its turn keeps everybody else out.
     */
    boolean mayHaveCompany();

    /** Says who may stand in the way, for people; empty if that is unknown. */
    String suspects();

    /** Gives up the right and the connection. Never throws; trouble is logged. */
    @Override
    void close();
}
