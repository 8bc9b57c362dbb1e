package dev.wellhead.examples.labs.debugging;

import java.sql.SQLException;
import java.util.List;
import java.util.OptionalInt;
import javax.sql.DataSource;

/**
 * What the lab {@code pool-exhaustion} asks of the exercise: meter readings of wells, on the tables {@code wells(name)} and
 * {@code readings(id, well, litres)}. Each call borrows a connection and gives it back before it returns or throws.
 */
public interface Readings {
    /** Is called once, before anything else. Borrows nothing. */
    void open(DataSource pool);

    /** Returns the names of all wells in alphabetical order. */
    List<String> wells() throws SQLException;

    /** Returns how many litres have been read of a well altogether; 0 if there is no reading. */
    long total(String well) throws SQLException;

    /** Returns the litres of the newest reading of a well; empty if there is none. */
    OptionalInt latest(String well) throws SQLException;

    /**
     * Adds a reading, and returns how many there are of this well now.
     *
     * @throws IllegalArgumentException if {@code litres} is not positive; nothing is added
     * @throws SQLException with SQLState 23503 if there is no such well
     */
    long record(String well, int litres) throws SQLException;
}
