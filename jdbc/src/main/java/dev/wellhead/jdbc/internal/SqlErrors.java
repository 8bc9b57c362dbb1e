package dev.wellhead.jdbc.internal;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Tells kinds of database errors apart, on PostgreSQL by SQLState, on SQLite by the result code. */
public final class SqlErrors {
    // https://www.sqlite.org/rescode.html; extended codes hold the primary one in their low byte.
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    // Causes may form a circle.
    private static final int DEEPEST_CAUSE = 32;

    private SqlErrors() {}

    /**
     * Returns whether the database gave up because of other transactions, so that another attempt may succeed: as this
     * failure says itself, or a cause of it.
     */
    public static boolean isTransient(Throwable failure) {
        @Nullable Throwable each = failure;
        for (int depth = 0; each != null && depth < DEEPEST_CAUSE; depth++) {
            if (each instanceof SQLException error && isConflict(error)) {
                return true;
            }
            each = each.getCause();
        }
        return false;
    }

    private static boolean isConflict(SQLException error) {
        String state = state(error);
        return state.equals("40001") || state.equals("40P01") || isSqliteBusy(error);
    }

    /** Returns whether SQLite found the database locked by another connection. */
    public static boolean isSqliteBusy(SQLException error) {
        int primary = error.getErrorCode() & 0xff;
        return isSqlite(error) && (primary == SQLITE_BUSY || primary == SQLITE_LOCKED);
    }

    /** Returns whether a lock could not be had in time: PostgreSQL's lock_timeout and NOWAIT. */
    public static boolean isLockTimeout(SQLException error) {
        return state(error).equals("55P03");
    }

    /**
     * Returns whether the connection must not be used again: the link is broken (class 08) or the server ends the session
     * (57P01 to 57P03).
     */
    public static boolean isFatal(SQLException error) {
        String state = state(error);
        return state.startsWith("08") || state.equals("57P01") || state.equals("57P02") || state.equals("57P03");
    }

    /** Returns the SQLState, empty if the driver gave none. */
    public static String state(SQLException error) {
        @Nullable String state = error.getSQLState();
        return state == null ? "" : state;
    }

    // The driver gives no SQLState but its own exception type; by name, since it is not on our class path. The pool's
    // exception has it as its cause.
    private static boolean isSqlite(SQLException error) {
        return isSqliteDriver(error) || (error.getCause() != null && isSqliteDriver(error.getCause()));
    }

    private static boolean isSqliteDriver(Throwable error) {
        return error.getClass().getName().startsWith("org.sqlite.");
    }
}
