package dev.wellhead.pool;

import dev.wellhead.core.Coded;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * No connection could be had within the acquire timeout. The message says how the pool stood at that moment and who has
 * held a connection longest; the cause is the driver's last failure if the database could not be reached meanwhile.
 */
public final class PoolTimeoutException extends SQLTransientConnectionException implements Coded {
    private static final long serialVersionUID = 1L;

    PoolTimeoutException(String message, String sqlState, @Nullable Throwable cause) {
        super(message, sqlState, cause);
    }

    @Override
    public String code() {
        return "WH-POOL-001";
    }
}
