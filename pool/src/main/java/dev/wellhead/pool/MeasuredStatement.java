package dev.wellhead.pool;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What a statement knows of its last execution: enough to report it should it turn out to be slow. Until then it is a few
 * plain fields, so that a quick execution allocates nothing here. For one thread at a time, as statements are.
 */
abstract class MeasuredStatement extends OpenResources.Tracked {
    final PooledConnection connection;

    // Of the last execution.
    private String sql = "";
    private long executionNanos;
    private long fetchNanos;
    private long rows = SlowExecution.UNKNOWN;
    private @Nullable SQLException failure;
    private @Nullable SlowExecution slow;

    MeasuredStatement(PooledConnection connection) {
        this.connection = connection;
    }

    /** Enters the gate to run a statement; returns what {@link #end} wants. */
    final long begin(String text) throws ConnectionClosedException {
        long started = connection.begin(text);
        sql = text;
        fetchNanos = 0;
        rows = SlowExecution.UNKNOWN;
        failure = null;
        slow = null;
        return started;
    }

    /** Leaves the gate. Whoever hears of a slow statement is called here, by the borrower. */
    final void end(long started) {
        executionNanos = connection.end(started);
        reportIfSlow();
    }

    final int counted(int count) {
        rows = Math.max(SlowExecution.UNKNOWN, count);
        return count;
    }

    final long counted(long count) {
        rows = Math.max(SlowExecution.UNKNOWN, count);
        return count;
    }

    final int[] counted(int[] counts) {
        long sum = 0;
        for (int count : counts) {
            sum = plus(sum, count);
        }
        rows = sum;
        return counts;
    }

    final long[] counted(long[] counts) {
        rows = sum(counts);
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
        failure = e;
        if (e instanceof BatchUpdateException batch && batch.getLargeUpdateCounts() != null) {
            rows = sum(batch.getLargeUpdateCounts());
        }
        return connection.noted(e);
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
     * @param nanos how long the driver took this time, by the pool's coarse time
     */
    final void fetched(long rowsInAll, long nanos) {
        if (slow == null && nanos == 0) {
            return;
        }
        rows = rowsInAll;
        fetchNanos += nanos;
        if (slow == null) {
            reportIfSlow();
        } else {
            slow.has(rowsInAll);
            slow.took(executionNanos + fetchNanos);
        }
    }

    private void reportIfSlow() {
        long nanos = executionNanos + fetchNanos;
        if (connection.slowQueries().isSlow(nanos)) {
            Parameters parameters = parameters();
            slow = new SlowExecution(
                    sql, isPrepared(), parameters == null ? null : parameters.snapshot(), failure, nanos, rows);
            connection.slowQueries().report(slow);
        }
    }

    /** Returns whether the SQL has places for parameters. */
    abstract boolean isPrepared();

    /** Returns the parameters, null if they are not captured. */
    abstract @Nullable Parameters parameters();
}
