package dev.wellhead.examples.labs.practice;

import java.util.OptionalInt;

/**
 * Tells prices, and spares the table where it can. Each process of the fleet has one; they share a Redis. Thread-safe
 * between {@link #open} and {@link #close}.
 */
public interface PriceService {
    /** Makes ready. Called once, before everything else. */
    void open(PriceTable table, String redisUri) throws Exception;

    /**
     * Returns the price of an item, empty if it has none. A price that nobody has changed for a while is not read from
     * the table each time, and neither is it that there is none.
     */
    OptionalInt price(String item) throws Exception;

    /** Sets a price. Once it returns, {@link #price} of this process tells the new one, and soon that of the others. */
    void change(String item, int cents) throws Exception;

    /** Closes all that is open. */
    void close() throws Exception;
}
