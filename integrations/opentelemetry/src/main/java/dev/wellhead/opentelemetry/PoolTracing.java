package dev.wellhead.opentelemetry;

import dev.wellhead.pool.BorrowedConnection;
import dev.wellhead.pool.PoolListener;
import dev.wellhead.pool.PoolStats;
import dev.wellhead.pool.SlowQuery;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells traces what befell a pool. On the span of a caller that got no connection, or that waits for one while it holds
 * others, stands an event ({@code wellhead.pool.timeout}, {@code wellhead.pool.nested_borrow}). An outage of the database is
 * a span of its own once it is over. Statements that were slow are spans only if {@link Builder#slowStatements()} asks for
 * them: the Java agent and other instrumentations of JDBC have a span for each statement already.
 *
 * <p>Messages of errors and parameters never reach a span, the SQL only by {@link Builder#queryText()}. Thread-safe.
 */
public final class PoolTracing implements PoolListener {
    private static final AttributeKey<Long> ACTIVE = AttributeKey.longKey("wellhead.pool.active");
    private static final AttributeKey<Long> WAITING = AttributeKey.longKey("wellhead.pool.waiting");
    private static final AttributeKey<Long> MAX = AttributeKey.longKey("wellhead.pool.max");
    private static final AttributeKey<Long> HELD = AttributeKey.longKey("wellhead.pool.held");

    private final Spans spans;
    private final DatabaseIdentity database;
    private final boolean slowStatements;
    private final boolean queryText;
    private final PoolListener next;
    // Why a database is away, by pool.
    private final Map<String, String> outages = new ConcurrentHashMap<>();

    private PoolTracing(Builder options) {
        spans = new Spans(options.openTelemetry);
        database = options.database;
        slowStatements = options.slowStatements;
        queryText = options.queryText;
        next = options.next;
    }

    /** Starts a listener for pools in front of this database. */
    public static Builder builder(OpenTelemetry openTelemetry, DatabaseIdentity database) {
        return new Builder(
                Objects.requireNonNull(openTelemetry, "openTelemetry"), Objects.requireNonNull(database, "database"));
    }

    @Override
    public void slowQuery(String pool, SlowQuery query) {
        if (slowStatements) {
            // Called by the borrower, so the span of what he does is the current one.
            SpanBuilder builder = spans.statement(QuerySummary.of(query.sql()), database)
                    .setAttribute(Spans.POOL, pool)
                    .setStartTimestamp(query.startedAt());
            if (queryText) {
                builder.setAttribute(Spans.TEXT, query.sql());
            }
            Span span = builder.startSpan();
            if (query.failed()) {
                query.sqlState().ifPresent(state -> span.setAttribute(Spans.STATUS_CODE, state));
                Spans.fail(span, query.sqlState().orElse(Spans.OTHER_ERROR));
            }
            span.end(query.startedAt().plus(query.duration()));
        }
        next.slowQuery(pool, query);
    }

    @Override
    public void acquireTimedOut(String pool, PoolStats stats) {
        Span.current()
                .addEvent(
                        "wellhead.pool.timeout",
                        Attributes.builder()
                                .put(Spans.POOL, pool)
                                .put(ACTIVE, stats.active())
                                .put(WAITING, stats.waiting())
                                .put(MAX, stats.maxSize())
                                .build());
        next.acquireTimedOut(pool, stats);
    }

    @Override
    public void nestedBorrow(String pool, List<BorrowedConnection> held) {
        Span.current()
                .addEvent("wellhead.pool.nested_borrow", Attributes.of(Spans.POOL, pool, HELD, (long) held.size()));
        next.nestedBorrow(pool, held);
    }

    @Override
    public void databaseDown(String pool, SQLException cause) {
        outages.put(pool, Objects.requireNonNullElse(cause.getSQLState(), Spans.OTHER_ERROR));
        next.databaseDown(pool, cause);
    }

    @Override
    public void databaseBack(String pool, Duration outage) {
        String error = outages.remove(pool);
        spans.past(
                spans.internal("wellhead.pool.outage")
                        .setAllAttributes(database.attributes())
                        .setAttribute(Spans.POOL, pool),
                outage,
                error == null ? Spans.OTHER_ERROR : error);
        next.databaseBack(pool, outage);
    }

    @Override
    public void leakSuspected(String pool, BorrowedConnection borrowed) {
        next.leakSuspected(pool, borrowed);
    }

    @Override
    public void leakReclaimed(String pool, BorrowedConnection borrowed) {
        next.leakReclaimed(pool, borrowed);
    }

    @Override
    public void connectionDiscarded(String pool, String reason) {
        next.connectionDiscarded(pool, reason);
    }

    /** Options of a listener. Not thread-safe. */
    public static final class Builder {
        private final OpenTelemetry openTelemetry;
        private final DatabaseIdentity database;
        private boolean slowStatements;
        private boolean queryText;
        private PoolListener next = new PoolListener() {};

        private Builder(OpenTelemetry openTelemetry, DatabaseIdentity database) {
            this.openTelemetry = openTelemetry;
            this.database = database;
        }

        /**
         * Makes a client span of each statement that is slower than the pool's threshold, named after what it does ({@code
         * SELECT users}). Default: off.
         */
        public Builder slowStatements() {
            slowStatements = true;
            return this;
        }

        /**
         * Writes the SQL into spans ({@code db.query.text}), shortened and without the contents of text literals; numbers in
         * it show. Default: off.
         */
        public Builder queryText() {
            queryText = true;
            return this;
        }

        /** Has this listener hear of everything as well, as a pool has only one. Default: none. */
        public Builder listener(PoolListener listener) {
            next = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** Builds the listener. */
        public PoolTracing build() {
            return new PoolTracing(this);
        }
    }
}
