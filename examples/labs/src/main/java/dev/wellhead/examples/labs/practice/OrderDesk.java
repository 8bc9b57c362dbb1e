package dev.wellhead.examples.labs.practice;

/**
 * Takes the orders of a shop. Thread-safe between {@link #open} and {@link #close}: its requests come from many threads
 * at a time.
 */
public interface OrderDesk {
    /**
     * Makes ready. Called once, before everything else.
     *
     * @param url the JDBC URL of the database
     * @param connections how many connections may be open at any moment
     */
    void open(String url, String user, String password, int connections) throws Exception;

    /**
     * Stores an order: a row in {@code orders(id, item)}, whose id the database makes.
     *
     * @return the id
     * @throws java.sql.SQLException if the database refuses it, as with SQLState 23503 what is not in stock
     */
    long order(String item) throws Exception;

    /** Closes all that is open. Called once, when no request is under way. */
    void close() throws Exception;
}
