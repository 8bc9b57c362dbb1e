package dev.wellhead.pool;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Hears of what happens in a pool. Methods are called from the pool's threads or from borrowers, never under a lock, and
 * should be quick; one that throws is logged and changes nothing. Implementations are thread-safe.
 */
public interface PoolListener {
    /** A connection has been held for longer than the leak threshold; called once for each borrow. */
    default void leakSuspected(String pool, BorrowedConnection borrowed) {}

    /** A connection was taken away from its borrower, who had held it without any sign of life for too long. */
    default void leakReclaimed(String pool, BorrowedConnection borrowed) {}

    /**
     * A thread waits for a connection, the pool is exhausted, and the thread holds connections already: threads that do
     * so can block each other for ever.
     *
     * @param held what it holds, longest first
     */
    default void nestedBorrow(String pool, List<BorrowedConnection> held) {}

    /**
     * A statement took at least as long as the threshold. Called by the borrower when it has ended, which is before its
     * rows are read, or while they are read if that is what takes long.
     */
    default void slowQuery(String pool, SlowQuery query) {}

    /** A caller got no connection within its time. */
    default void acquireTimedOut(String pool, PoolStats stats) {}

    /** Connecting has failed more than once in a row; callers fail at once when no connection is left. */
    default void databaseDown(String pool, SQLException cause) {}

    /** Connecting works again, after this long. */
    default void databaseBack(String pool, Duration outage) {}

    /** A physical connection is closed instead of being used again, for this reason. */
    default void connectionDiscarded(String pool, String reason) {}
}
