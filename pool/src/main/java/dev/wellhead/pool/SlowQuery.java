package dev.wellhead.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a statement that took at least as long as {@link ConnectionPool.Builder#slowQueryThreshold}: an
 * immutable snapshot. What {@link QueryPlans} needs to explain it, the SQL as it was sent, is kept inside and shows
 * nowhere.
 */
public final class SlowQuery {
    private final SlowExecution execution;
    private final Duration duration;
    private final OptionalLong rows;

    SlowQuery(SlowExecution execution, Duration duration, OptionalLong rows) {
        this.execution = execution;
        this.duration = duration;
        this.rows = rows;
    }

    /** Returns the SQL, shortened, on one line and without the contents of text literals. */
    public String sql() {
        return execution.shownSql;
    }

    /** Returns when it began, by the wall clock. */
    public Instant startedAt() {
        return execution.startedAt;
    }

    /**
     * Returns how long it ran, and how long the driver took since to fetch the rows that the borrower has read. To a tenth
     * of a second in what concerns fetching, and altogether if the threshold is 1 s or more and the pool has no metric
     * sink.
     */
    public Duration duration() {
        return duration;
    }

    /**
     * Returns how many rows it has changed, for a batch all together, or how many the borrower has read so far. Empty if
     * that is not known: it failed, the driver does not say, or nothing has been read yet.
     */
    public OptionalLong rows() {
        return rows;
    }

    /** Returns the name of the thread that ran it. */
    public String thread() {
        return execution.thread;
    }

    /** Returns whether the driver threw an exception. */
    public boolean failed() {
        return execution.failed;
    }

    /** Returns the SQLState of the failure; empty if it did not fail, or the driver gave none, as SQLite's does. */
    public Optional<String> sqlState() {
        return Optional.ofNullable(execution.sqlState);
    }

    /**
     * Returns the parameters as text, each shortened, in their order; for a batch those set last. Streams and other large
     * objects are named and not read. Empty unless the pool was built with {@link
     * ConnectionPool.Builder#captureParameters()}, since they may be personal data.
     */
    public List<String> parameters() {
        Parameters.@Nullable Snapshot parameters = execution.parameters;
        return parameters == null ? List.of() : parameters.shown();
    }

    SlowExecution execution() {
        return execution;
    }

    /** Returns duration, rows, thread, failure and SQL, without the parameters. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(Meters.duration(duration.toNanos()));
        rows.ifPresent(count -> text.append(", rows ").append(count));
        text.append(", thread ").append(execution.thread);
        if (execution.failed) {
            text.append(", failed with SQLState ").append(sqlState().orElse("unknown"));
        }
        return text.append(": ").append(execution.shownSql).toString();
    }
}
