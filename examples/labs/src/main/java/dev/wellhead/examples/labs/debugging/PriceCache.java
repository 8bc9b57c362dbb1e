package dev.wellhead.examples.labs.debugging;

import java.sql.SQLException;
import java.time.Duration;

/**
 * What the lab {@code stampede} asks of the exercise: prices out of a database, kept for a while. Each object stands for one
 * node of a fleet, and shares nothing with the others but a Redis. Thread-safe once it is open.
 */
public interface PriceCache extends AutoCloseable {
    /** Gets a price from the database. Thread-safe. */
    @FunctionalInterface
    interface Loader {
        /** Returns the price of a product, as text. */
        String load(String product) throws SQLException;
    }

    /**
     * Is called once, before anything else.
     *
     * @param redisUri the Redis that all nodes share, which serves nobody else
     * @param life how long a price may be kept after it was loaded; older ones must not be returned
     */
    void open(String redisUri, Duration life, Loader database);

    /**
     * Returns the price of a product. However many callers ask on however many nodes, while a price is not there it is
     * loaded once, and all of them get it.
     *
     * @throws SQLException what the loader has thrown. A later call tries again, in a few seconds at the latest
     */
    String get(String product) throws SQLException;

    @Override
    void close();
}
