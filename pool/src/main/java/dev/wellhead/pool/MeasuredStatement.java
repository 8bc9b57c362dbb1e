package dev.wellhead.pool;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a statement knows of its last execution: enough to report it should it turn out to be slow. Until then it is a few
 * plain fields, so that a quick execution allocates nothing here. For one thread at a time, as statements are.
 */
abstract class MeasuredStatement extends OpenResources.Tracked {
    final PooledConnection connection;

    // Of the last execution; what else a report of it says is noted in the slot while it runs.
    private String sql = "";
    private long executionNanos;
    private @Nullable SlowExecution slow;

    // How long executions wait for SQLite's locks, zero for as long as the connection does.
    private int lockSeconds;

    MeasuredStatement(PooledConnection connection) {
        this.connection = connection;
    }

    /** Enters the gate to run a statement; returns what {@link #end} wants. */
    final long begin(String text) throws ConnectionClosedException {
        long started = connection.begin(text);
        sql = text;
        slow = null;
        return started;
    }

    /** Enters the gate to run what was prepared or gathered under this text; returns what {@link #end} wants. */
    final long beginAgain() throws ConnectionClosedException {
        return begin(sql);
    }

    /** Remembers the SQL that will run later. */
    final void willRun(String text) {
        sql = text;
    }

    /** Leaves the gate. Whoever hears of a slow statement is called here, by the borrower. */
    final void end(long started) {
        Slot slot = connection.slot();
        long rows = slot.rows;
        SQLException failure = slot.failure;
        connection.settleLocks();
        executionNanos = connection.end(started, failure != null);
        if (connection.slowQueries().isSlow(executionNanos)) {
            report(failure, executionNanos, rows);
        }
    }

    final int counted(int count) {
        connection.slot().rows = Math.max(SlowExecution.UNKNOWN, count);
        return count;
    }

    final long counted(long count) {
        connection.slot().rows = Math.max(SlowExecution.UNKNOWN, count);
        return count;
    }

    final int[] counted(int[] counts) {
        long sum = 0;
        for (int count : counts) {
            sum = plus(sum, count);
        }
        connection.slot().rows = sum;
        return counts;
    }

    final long[] counted(long[] counts) {
        connection.slot().rows = sum(counts);
        return counts;
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum = plus(sum, count);
        }
        return sum;
    }

    private static long plus(long sum, long count) {
        if (sum == SlowExecution.UNKNOWN || count == Statement.SUCCESS_NO_INFO) {
            return SlowExecution.UNKNOWN;
        }
        return sum + Math.max(0, count);
    }

    /** Returns the failure of the execution itself. Called inside the gate. */
    final <E extends SQLException> E failed(E e) {
        Slot slot = connection.slot();
        slot.failure = e;
        if (e instanceof BatchUpdateException batch && batch.getLargeUpdateCounts() != null) {
            slot.rows = sum(batch.getLargeUpdateCounts());
        }
        return connection.noted(e);
    }

    /** Runs it again if SQLite was busy, else throws the failure of the execution. Called inside the gate. */
    final <T extends @Nullable Object> T again(SQLException failure, SqliteLocks.Call<T> call) throws SQLException {
        SqliteLocks locks = connection.locks();
        if (locks == null) {
            throw failed(failure);
        }
        try {
            return locks.again(failure, lockMillis(locks), call);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Has the driver wait for SQLite's locks: what runs next may be done in part when it meets one. */
    final void waitForAll() throws SQLException {
        SqliteLocks locks = connection.locks();
        if (locks != null) {
            locks.waitForAll(lockMillis(locks));
        }
    }

    /** Does the same if this is more than one statement. */
    final void waitForAllOf(String script) throws SQLException {
        if (waitsForLocks() && SqlScanner.isScript(script, SqlDialect.SQLITE)) {
            waitForAll();
        }
    }

    private long lockMillis(SqliteLocks locks) {
        return lockSeconds == 0 ? locks.timeoutMillis() : TimeUnit.SECONDS.toMillis(lockSeconds);
    }

    final boolean waitsForLocks() {
        return connection.locks() != null;
    }

    final int lockSeconds() {
        return lockSeconds;
    }

    final void lockSeconds(int seconds) {
        lockSeconds = seconds;
    }

    /** Notes an update count that the borrower asked for after the execution. */
    final int countedLater(int count) {
        countedLater((long) count);
        return count;
    }

    /** Notes an update count that the borrower asked for after the execution. */
    final long countedLater(long count) {
        if (slow != null && count >= 0) {
            slow.has(count);
        }
        return count;
    }

    /**
     * Notes that the borrower has read on in the rows of the last execution. Called outside of the gate.
     *
     * @param rowsInAll how many he has read
     * @param nanosInAll how long the driver took for that, by the pool's coarse time
     */
    final void fetched(long rowsInAll, long nanosInAll) {
        SlowExecution reported = slow;
        if (reported != null) {
            reported.has(rowsInAll);
            reported.took(executionNanos + nanosInAll);
        } else if (nanosInAll != 0 && connection.slowQueries().isSlow(executionNanos + nanosInAll)) {
            report(null, executionNanos + nanosInAll, rowsInAll);
        }
    }

    private void report(@Nullable SQLException failure, long nanos, long rows) {
        Parameters parameters = parameters();
        SlowExecution execution = new SlowExecution(
                sql,
                connection.slot().physical().dialect(),
                isPrepared(),
                parameters == null ? null : parameters.snapshot(),
                failure,
                nanos,
                rows);
        slow = execution;
        connection.slowQueries().report(execution);
    }

    /** Returns whether the SQL has places for parameters. */
    abstract boolean isPrepared();

    /** Returns the parameters, null if they are not captured. */
    abstract @Nullable Parameters parameters();
}
