package dev.wellhead.examples.labs.basics;

import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Takes money from rows of {@code accounts(id, balance)} and notes it in {@code withdrawals(account, amount)}. What the
 * learner of {@code acid-isolation} mends. Several processes do so at the same time.
 */
public interface Withdrawals {
    /** Decides whether an amount may be taken from a balance. It takes its time, as a rule with many parts does. */
    @FunctionalInterface
    interface Approval {
        boolean approve(long balance, long amount);
    }

    /**
     * Takes the amount and notes it, if there is as much and the approval says yes to the balance from which it is
     * really taken; else changes nothing.
     *
     * @param database gives a new connection at each call, with autocommit on
     * @return whether it was taken
     */
    boolean withdraw(DataSource database, long account, long amount, Approval approval) throws SQLException;
}
