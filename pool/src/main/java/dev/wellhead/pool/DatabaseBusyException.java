package dev.wellhead.pool;

import dev.wellhead.core.Coded;
import java.sql.SQLException;
import java.sql.SQLTransientException;

/**
 * SQLite could not be had because somebody else held its lock: until the busy timeout was over ({@code WH-POOL-007}), or
 * until the waiting thread was interrupted, whose flag is kept, or the statement cancelled ({@code WH-POOL-008}). Nothing
 * was done; a transaction that was open still is. The vendor code is 5 (SQLITE_BUSY), the cause is the driver's.
 */
public final class DatabaseBusyException extends SQLTransientException implements Coded {
    private static final long serialVersionUID = 1L;

    private final String code;

    private DatabaseBusyException(String code, String message, SQLException cause) {
        super(message, cause.getSQLState(), cause.getErrorCode(), cause);
        this.code = code;
    }

    static DatabaseBusyException timeout(long millis, SQLException cause) {
        return new DatabaseBusyException(
                "WH-POOL-007",
                "sqlite: the database was busy for " + millis + " ms, its busy timeout (" + cause.getMessage()
                        + "): another connection or process holds the lock; keep transactions short, or raise the timeout",
                cause);
    }

    static DatabaseBusyException interrupted(long millis, SQLException cause) {
        return new DatabaseBusyException(
                "WH-POOL-008",
                "sqlite: the thread was interrupted after " + millis + " ms of waiting for the lock of the database ("
                        + cause.getMessage() + "); its interrupt flag is still set",
                cause);
    }

    static DatabaseBusyException cancelled(long millis, SQLException cause) {
        return new DatabaseBusyException(
                "WH-POOL-008",
                "sqlite: the statement was cancelled after " + millis + " ms of waiting for the lock of the database ("
                        + cause.getMessage() + ")",
                cause);
    }

    @Override
    public String code() {
        return code;
    }
}
