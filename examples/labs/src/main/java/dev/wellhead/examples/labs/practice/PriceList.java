package dev.wellhead.examples.labs.practice;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What a shop shows of a category: names and prices. */
public interface PriceList {
    /**
     * One line of it.
     *
     * @param id of the product
     * @param name of the product
     * @param cents its price
     */
    record Line(long id, String name, int cents) {}

    /**
     * Reads the products of a category and their prices, ordered by name, from {@code products(id, category, name,
     * description, photo, ...)} and {@code prices(product_id, cents, ...)}. Other services may add columns to both
     * tables at any time.
     *
     * @param connection to be left open
     */
    List<Line> read(Connection connection, String category) throws SQLException;
}
