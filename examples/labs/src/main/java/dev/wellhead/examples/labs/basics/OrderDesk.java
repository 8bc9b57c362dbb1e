package dev.wellhead.examples.labs.basics;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Books orders into {@code orders(id, customer)} and {@code order_lines(order_id, item, quantity)}. What the learner of
 * {@code transaction-scope} mends.
 */
public interface OrderDesk {
    /**
     * One line of an order, as it came in.
     *
     * @param item the name of an item
     * @param quantity a number, or what somebody typed for one
     */
    record Line(String item, String quantity) {}

    /**
     * Books an order with all its lines, or nothing of it. Gives the connection back whatever happens.
     *
     * @param pool where connections are borrowed, with autocommit on
     * @param announce is told the customer of an order once it is there for everybody to see, and of no other
     * @throws IllegalArgumentException if there is no line, or a quantity is no number
     * @throws SQLException if the database refuses
     */
    void book(DataSource pool, String customer, List<Line> lines, Consumer<String> announce) throws SQLException;
}
