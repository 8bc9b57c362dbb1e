package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the pool keeps of an execution that was slow. Time and rows still grow while the borrower reads its rows; written
 * by him, read by anybody.
 */
final class SlowExecution {
    static final long UNKNOWN = -1;

    // Enough for what people write; a generated script of megabytes is not worth its memory.
    private static final int LONGEST_KEPT = 100_000;

    /** As it was sent, null if it is too long to be kept. Must not be shown. */
    final @Nullable String sql;

    /** Whether the SQL has places for parameters. */
    final boolean prepared;

    final String shownSql;
    final Instant startedAt;
    final String thread;
    final boolean failed;
    final @Nullable String sqlState;
    final Parameters.@Nullable Snapshot parameters;

    private volatile long nanos;
    private volatile long rows;

    SlowExecution(
            String sql,
            SqlDialect dialect,
            boolean prepared,
            Parameters.@Nullable Snapshot parameters,
            @Nullable SQLException failure,
            long nanos,
            long rows) {
        this.sql = sql.length() > LONGEST_KEPT ? null : sql;
        this.prepared = prepared;
        this.shownSql = SqlText.shown(sql, dialect);
        this.startedAt = Instant.now().minusNanos(nanos);
        this.thread = Redaction.printable(Thread.currentThread().getName());
        this.failed = failure != null;
        this.sqlState = failure == null ? null : failure.getSQLState();
        this.parameters = parameters;
        this.nanos = nanos;
        this.rows = rows;
    }

    /** Notes how long it has taken by now. */
    void took(long nanosInAll) {
        nanos = nanosInAll;
    }

    /** Notes how many rows it is known to have by now. */
    void has(long rowsInAll) {
        rows = rowsInAll;
    }

    SlowQuery snapshot() {
        long count = rows;
        return new SlowQuery(
                this, Duration.ofNanos(nanos), count == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(count));
    }
}
