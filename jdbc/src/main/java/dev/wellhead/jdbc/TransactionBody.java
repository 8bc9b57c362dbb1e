package dev.wellhead.jdbc;

import java.sql.SQLException;

/**
 * What a transaction does.
 *
 * @param <T> what it results in
 * @param <E> what it may throw besides {@link SQLException}
 */
@FunctionalInterface
public interface TransactionBody<T, E extends Exception> {
    /**
     * Does the work. With {@link Transactions#retrying} it may run several times, each time in a new transaction.
     *
     * @throws SQLException to roll back
     * @throws E to roll back
     */
    T apply(Transaction tx) throws SQLException, E;
}
