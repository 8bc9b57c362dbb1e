package dev.wellhead.pool;

import dev.wellhead.core.Coded;
import java.sql.SQLNonTransientConnectionException;

/**
 * Something closed was used: a connection, or a statement of it, that was given back ({@code WH-POOL-005}), or the pool
 * itself ({@code WH-POOL-006}). The SQLState is 08003.
 */
public final class ConnectionClosedException extends SQLNonTransientConnectionException implements Coded {
    private static final long serialVersionUID = 1L;
    private static final String CONNECTION_DOES_NOT_EXIST = "08003";

    private final String code;

    private ConnectionClosedException(String code, String message) {
        super(message, CONNECTION_DOES_NOT_EXIST);
        this.code = code;
    }

    static ConnectionClosedException connection(String pool) {
        return new ConnectionClosedException(
                "WH-POOL-005",
                "pool '" + pool + "': this connection was closed and given back; borrow another one and use it, its"
                        + " statements and its rows before close()");
    }

    static ConnectionClosedException pool(String pool) {
        return new ConnectionClosedException(
                "WH-POOL-006", "pool '" + pool + "' is closed; stop asking it for connections before closing it");
    }

    static ConnectionClosedException dataSource() {
        return new ConnectionClosedException(
                "WH-POOL-006",
                "the data source was closed before its pool was built; close it when nobody needs it any more");
    }

    @Override
    public String code() {
        return code;
    }
}
