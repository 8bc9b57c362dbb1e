package dev.wellhead.pool;

import dev.wellhead.core.Coded;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The pool refused to wait for a connection: too many wait already ({@code WH-POOL-002}), the database is known to be
 * down and no connection is left ({@code WH-POOL-003}; cause and SQLState are the driver's), or the waiting thread was
 * interrupted ({@code WH-POOL-004}; its interrupt flag is kept).
 */
public final class PoolUnavailableException extends SQLTransientConnectionException implements Coded {
    private static final long serialVersionUID = 1L;

    private final String code;

    PoolUnavailableException(String code, String message, String sqlState, @Nullable Throwable cause) {
        super(message, sqlState, cause);
        this.code = code;
    }

    @Override
    public String code() {
        return code;
    }
}
