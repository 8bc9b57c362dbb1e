package dev.wellhead.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A running transaction, handed to the lambda that works in it. For the thread of that lambda only, and dead when the
 * lambda has returned.
 */
public interface Transaction {
    /**
     * Returns the connection of this transaction. Do not commit, roll back, close or change auto-commit on it: that is
     * {@link Transactions}' business.
     */
    Connection connection();

    /**
     * Runs the action once the transaction has been committed and its connection returned, in the order of registration;
     * never runs it after a rollback, or when the outcome of the commit is unknown. An action that throws is logged and
     * changes nothing: the data is committed. Actions registered within a savepoint that was rolled back are dropped.
     */
    void afterCommit(Runnable action);

    /**
     * Runs the body in a savepoint: if it throws, what it did is rolled back, and the exception comes out unchanged; the
     * transaction around it stays usable.
     *
     * @throws SQLException if the savepoint cannot be set, released or rolled back
     * @throws E what the body throws
     */
    <T, E extends Exception> T savepoint(TransactionBody<T, E> body) throws SQLException, E;
}
