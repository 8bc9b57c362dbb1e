package dev.wellhead.jdbc;

import java.sql.SQLException;

/**
 * What a transaction without a result does.
 *
 * @param <E> what it may throw besides {@link SQLException}
 */
@FunctionalInterface
public interface TransactionAction<E extends Exception> {
    /**
     * Does the work. With {@link Transactions#retrying} it may run several times, each time in a new transaction.
     *
     * @throws SQLException to roll back
     * @throws E to roll back
     */
    void accept(Transaction tx) throws SQLException, E;
}
