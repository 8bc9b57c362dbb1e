package dev.wellhead.examples.labs.practice;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalInt;
import javax.sql.DataSource;

/** Where prices really are: a table in PostgreSQL, {@code prices(item, cents)}. Thread-safe. */
public interface PriceTable {
    /** Reads the price of an item that is committed, empty if it has none. The lab counts how often that happens. */
    OptionalInt load(String item) throws SQLException;

    /** Sets a price in the transaction of this connection, and leaves the commit to the caller. */
    void store(Connection transaction, String item, int cents) throws SQLException;

    /** Returns connections for transactions; each is to be closed. */
    DataSource dataSource();
}
