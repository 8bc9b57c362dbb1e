package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one connection of SQLite waits for locks that others hold. SQLite itself sleeps in native code, where an interrupt
 * does not reach it and a virtual thread keeps its carrier. So it is told to wait for a moment only; then the thread parks
 * here and asks again, until the busy timeout that was set on the connection is over.
 *
 * <p>Used inside the gate of the loan, so by one thread at a time; {@link #cancel} from any.
 */
final class SqliteLocks {
    /*
     * What may be asked again: a single statement that SQLite has waited for, since then it holds no lock yet and has done
     * nothing. SQLite does not wait at all where that could not help, as for a transaction that has read and now wants to
     * write while somebody else does: a failure that comes at once is final. A script or a batch may have done a part of
     * its work, so these wait in the driver, for as long as it takes.
     *
     * The driver remembers autocommit before it begins or commits, and begins the next transaction inside of commit() and
     * rollback(). So what it says after a failure is not where the database stands; the methods for transactions below set
     * that right, by SQL, as BEGIN (DEFERRED) and a COMMIT of nothing take no lock.
     */
    static final long SLICE_MILLIS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);
    private static final long LONGEST_PAUSE_MILLIS = 50;
    // The shorter sleeps of SQLite are rounded by some systems.
    private static final long WAITED_NANOS = TimeUnit.MILLISECONDS.toNanos(SLICE_MILLIS) / 2;
    private static final int SQLITE_BUSY = 5;
    // Sleeping in the driver is real, whatever clock the pool was given.
    private static final Ticker CLOCK = Ticker.system();

    private final Connection raw;
    private long timeoutMillis;
    private long driverMillis;
    private boolean doubtful;
    private volatile boolean cancelled;

    /** A call of the driver's that may find the database locked. */
    @FunctionalInterface
    interface Call<T extends @Nullable Object> {
        T run() throws SQLException;
    }

    private SqliteLocks(Connection raw) {
        this.raw = raw;
    }

    /** Takes over the busy timeout that the connection has. */
    static SqliteLocks of(Connection raw) throws SQLException {
        SqliteLocks locks = new SqliteLocks(raw);
        locks.adopt();
        return locks;
    }

    private void adopt() throws SQLException {
        timeoutMillis = readDriverMillis();
        driverMillis = timeoutMillis;
        waitInDriver(Math.min(timeoutMillis, SLICE_MILLIS));
    }

    private long readDriverMillis() throws SQLException {
        try (Statement statement = raw.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA busy_timeout")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private void waitInDriver(long millis) throws SQLException {
        if (millis != driverMillis) {
            execute("PRAGMA busy_timeout = " + millis);
            driverMillis = millis;
        }
    }

    private void execute(String sql) throws SQLException {
        execute(raw, sql);
    }

    private static void execute(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Notes that SQL is about to run which may set another busy timeout. */
    void doubt() {
        doubtful = true;
    }

    /** Has the driver do all the waiting for what comes next, as it cannot be run twice. */
    void waitForAll(long millis) throws SQLException {
        waitInDriver(Math.max(driverMillis, millis));
    }

    /** Returns the busy timeout that was set on the connection. */
    long timeoutMillis() {
        return timeoutMillis;
    }

    /** Brings the driver's share of the waiting back after a statement. Never throws. */
    void settle() {
        try {
            if (doubtful) {
                doubtful = false;
                if (readDriverMillis() != driverMillis) {
                    adopt();
                }
            }
            waitInDriver(Math.min(timeoutMillis, SLICE_MILLIS));
        } catch (SQLException e) {
            LOG.debug("busy timeout not restored", e);
        }
    }

    /** Does the same after {@code isValid}, in which the driver goes back to what its URL said. Never throws. */
    void settleAfterValidation() {
        driverMillis = -1;
        settle();
    }

    /** Ends the wait that is under way. */
    void cancel() {
        cancelled = true;
    }

    static boolean isBusy(SQLException failure) {
        // Who reads an old snapshot can never write, however long he waits.
        return (failure.getErrorCode() & 0xff) == SQLITE_BUSY
                && !String.valueOf(failure.getMessage()).contains("SQLITE_BUSY_SNAPSHOT");
    }

    /**
     * Makes a call again that has failed, if that was for a lock that can be waited for.
     *
     * @throws DatabaseBusyException if the lock could not be had in time, or somebody ended the wait
     * @throws SQLException the failure itself if waiting is no use, or whatever else the call throws
     */
    <T extends @Nullable Object> T again(SQLException failure, long millis, Call<T> call) throws SQLException {
        if (!isBusy(failure) || driverMillis >= millis) {
            throw failure;
        }
        cancelled = false;
        long started = CLOCK.nanos();
        long limit = TimeUnit.MILLISECONDS.toNanos(millis);
        SQLException busy = failure;
        for (int round = 0; ; round++) {
            requirePatience(busy, CLOCK.nanos() - started, limit);
            long asked = CLOCK.nanos();
            try {
                return call.run();
            } catch (SQLException e) {
                if (!isBusy(e) || CLOCK.nanos() - asked < WAITED_NANOS) {
                    throw e;
                }
                busy = e;
            }
            pause(round, limit - (CLOCK.nanos() - started));
        }
    }

    private void requirePatience(SQLException busy, long waited, long limit) throws DatabaseBusyException {
        if (Thread.currentThread().isInterrupted()) {
            throw DatabaseBusyException.interrupted(TimeUnit.NANOSECONDS.toMillis(waited), busy);
        }
        if (cancelled) {
            throw DatabaseBusyException.cancelled(TimeUnit.NANOSECONDS.toMillis(waited), busy);
        }
        if (waited >= limit) {
            throw DatabaseBusyException.timeout(TimeUnit.NANOSECONDS.toMillis(limit), busy);
        }
    }

    // Random, so that those who wait do not ask together; short at first, as most locks are.
    private void pause(int round, long leftNanos) {
        long longest = Math.min(LONGEST_PAUSE_MILLIS, 2L << Math.min(round, 5));
        long pause = TimeUnit.MILLISECONDS.toNanos(1)
                + ThreadLocalRandom.current().nextLong(TimeUnit.MILLISECONDS.toNanos(longest));
        if (leftNanos > 0) {
            LockSupport.parkNanos(this, Math.min(pause, leftNanos));
        }
    }

    private void executeAgain(SQLException failure, String sql) throws SQLException {
        again(failure, timeoutMillis, () -> {
            execute(sql);
            return true;
        });
    }

    /** Goes on after a failed {@code setAutoCommit}; if it fails in the end, all is as it was before. */
    void setAutoCommit(SQLException failure, boolean autoCommit) throws SQLException {
        if (!isBusy(failure)) {
            throw failure;
        }
        if (autoCommit) {
            commitOnly(failure);
        } else {
            try {
                beginAgain(failure);
            } catch (SQLException e) {
                leaveNone();
                throw e;
            }
        }
    }

    private void commitOnly(SQLException failure) throws SQLException {
        try {
            executeAgain(failure, "COMMIT");
        } catch (SQLException e) {
            try {
                raw.setAutoCommit(false);
            } catch (SQLException within) {
                // It says that there is a transaction, which is what the driver shall know.
                LOG.debug("transaction goes on", within);
            }
            throw e;
        }
    }

    /** Goes on after a failed {@code commit}. Once the transaction is committed, nothing fails any more. */
    void commit(SQLException failure) throws SQLException {
        if (!isBusy(failure)) {
            throw failure;
        }
        if (isInTransaction()) {
            executeAgain(failure, "COMMIT");
        } else {
            execute("COMMIT");
        }
        next(failure);
    }

    /** Goes on after a {@code rollback} that could not begin the next transaction. */
    void rollback(SQLException failure) throws SQLException {
        if (!isBusy(failure)) {
            throw failure;
        }
        next(failure);
    }

    /** Begins the next transaction: as the driver does if the lock can be had, else one that takes it when it must. */
    private void next(SQLException failure) throws SQLException {
        try {
            beginAgain(failure);
        } catch (SQLException e) {
            LOG.debug("the next transaction begins deferred", e);
            beginDeferred(raw);
        }
    }

    private void beginAgain(SQLException failure) throws SQLException {
        again(failure, timeoutMillis, () -> {
            leaveNone();
            raw.setAutoCommit(false);
            return true;
        });
    }

    /** Has the driver know that no transaction is open. */
    private void leaveNone() throws SQLException {
        if (!raw.getAutoCommit()) {
            beginDeferred(raw);
            raw.setAutoCommit(true);
        }
    }

    /** Begins a transaction that takes no lock yet, where the driver believes in one and there is none. */
    static void beginDeferred(Connection raw) throws SQLException {
        execute(raw, "BEGIN");
    }

    /** Returns whether a transaction is open; if not, one is now. */
    private boolean isInTransaction() {
        try {
            beginDeferred(raw);
            return false;
        } catch (SQLException e) {
            return true;
        }
    }
}
