package dev.wellhead.benchmarks.pool;

import java.sql.Connection;
import java.sql.SQLException;

/** A pool, ours or a peer's, as far as it is measured. Thread-safe. */
public interface BenchedPool extends AutoCloseable {
    /** Borrows a connection, which is given back by its {@code close()}. */
    Connection get() throws SQLException;

    @Override
    void close();
}
