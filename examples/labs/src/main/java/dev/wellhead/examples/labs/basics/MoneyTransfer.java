package dev.wellhead.examples.labs.basics;

import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Moves money between the rows of {@code accounts(id, owner, balance)}. What the learner of {@code acid-atomicity}
 * mends.
 */
public interface MoneyTransfer {
    /**
     * Takes the amount from one account and puts it on another one: both, or neither.
     *
     * @param database gives a new connection at each call, with autocommit on
     * @throws SQLException if the database refuses or is lost
     * @throws IllegalArgumentException if one of the accounts does not exist
     */
    void transfer(DataSource database, long from, long to, long amount) throws SQLException;
}
