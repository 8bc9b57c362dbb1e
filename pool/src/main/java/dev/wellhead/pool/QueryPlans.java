package dev.wellhead.pool;

import dev.wellhead.core.internal.Options;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database how it goes about a query, and looks for an index that is missing. Works on connections of its own
 * beside the pool, each in a transaction that is read-only on PostgreSQL and always rolled back.
 *
 * <pre>{@code
 * QueryPlans plans = QueryPlans.on(pool.direct());
 * for (SlowQuery slow : pool.slowQueries()) {
 *     plans.explain(slow).hints().forEach(hint -> log.info("{}", hint.message()));
 * }
 * }</pre>
 *
 * <p>The tables are found by the search path of a new connection. Speaks PostgreSQL and SQLite.
 *
 * <p>Immutable and thread-safe. Each call opens a connection, blocks while the database works, and closes it.
 */
public final class QueryPlans {
    // Planning takes milliseconds, unless a migration holds the table.
    private static final long EXPLAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final DirectDataSource source;

    private QueryPlans(DirectDataSource source) {
        this.source = source;
    }

    /** Returns plans of the database behind this source, usually {@link ConnectionPool#direct()}. */
    public static QueryPlans on(DirectDataSource source) {
        return new QueryPlans(Objects.requireNonNull(source, "source"));
    }

    /**
     * Returns the plan of a query that was slow, without running it: for its parameters if the pool captured them, else
     * for any.
     *
     * @throws IllegalArgumentException if it is none that can be explained, such as a script or DDL, or too long to have
     *     been kept
     * @throws SQLTimeoutException if the database did not answer within 10 s
     * @throws SQLException if no connection can be had, or the database refuses, as when a table is gone
     */
    public QueryPlan explain(SlowQuery query) throws SQLException {
        return run(reading(query), 0);
    }

    /**
     * Returns the plan of a query without running it. Question marks are places for parameters, as in a {@code
     * PreparedStatement}; without parameters the plan is one for any, whose estimates are rough.
     *
     * @param parameters none, or one for each place
     * @throws IllegalArgumentException if it is none that can be explained, such as a script or DDL, or the number of
     *     parameters does not fit
     * @throws SQLTimeoutException if the database did not answer within 10 s
     * @throws SQLException if no connection can be had, or the database refuses
     */
    public QueryPlan explain(String sql, @Nullable Object... parameters) throws SQLException {
        return run(reading(sql, parameters), 0);
    }

    /**
     * Runs a query that was slow and returns its plan with what it really took. PostgreSQL only. What {@link #analyze(
     * String, Duration, Object...)} says holds here, too; the pool must have captured the parameters if it has any.
     */
    public QueryPlan analyze(SlowQuery query, Duration timeout) throws SQLException {
        return run(reading(query), Options.positiveNanos("timeout", timeout));
    }

    /**
     * Runs a query and returns its plan with what it really took. The rows go nowhere, and nothing is changed: only
     * queries are accepted, and the database refuses writes in the read-only transaction. A function that acts outside of
     * the database's transactions is the caller's risk. PostgreSQL only.
     *
     * @param timeout after which the database stops; waiting for a lock ends after 2 s
     * @throws IllegalArgumentException if it is not one query that only reads, or parameters are missing
     * @throws SQLTimeoutException if the time was over first
     * @throws SQLFeatureNotSupportedException on SQLite
     * @throws SQLException if no connection can be had, or the database refuses
     */
    public QueryPlan analyze(String sql, Duration timeout, @Nullable Object... parameters) throws SQLException {
        return run(reading(sql, parameters), Options.positiveNanos("timeout", timeout));
    }

    /** Reads a statement as the database will, which is known once there is a connection. */
    @FunctionalInterface
    private interface Reading {
        ExplainableSql as(SqlDialect dialect);
    }

    private static Reading reading(SlowQuery query) {
        SlowExecution execution = query.execution();
        String text = execution.sql;
        if (text == null) {
            throw new IllegalArgumentException(
                    "query plans: the text of this query is too long to have been kept; explain the text itself");
        }
        Parameters.@Nullable Snapshot known = execution.parameters;
        return dialect -> {
            ExplainableSql sql = ExplainableSql.of(text, dialect, execution.prepared);
            // What was captured may be less than all, as when the execution failed for a parameter that was missing.
            if (known == null || known.values() == null || known.count() != sql.placeholders()) {
                return sql;
            }
            return sql.with(known);
        };
    }

    private static Reading reading(String sql, @Nullable Object... parameters) {
        return dialect -> {
            ExplainableSql checked = ExplainableSql.of(sql, dialect, true);
            return parameters.length == 0 ? checked : checked.with(Parameters.of(parameters));
        };
    }

    /**
     * Explains, or analyzes if there is a time for it.
     *
     * @param analyzeNanos zero to explain only
     */
    private QueryPlan run(Reading reading, long analyzeNanos) throws SQLException {
        boolean analyze = analyzeNanos > 0;
        try (Connection connection = source.getConnection()) {
            boolean postgres = Dialect.of(connection) == Dialect.POSTGRESQL;
            ExplainableSql sql = reading.as(postgres ? SqlDialect.POSTGRES : SqlDialect.SQLITE);
            if (analyze) {
                sql.requireReading();
            }
            if (postgres) {
                return postgres(connection, sql, analyze, analyze ? analyzeNanos : EXPLAIN_NANOS);
            }
            if (analyze) {
                throw new SQLFeatureNotSupportedException(
                        "query plans: SQLite has no EXPLAIN that runs the query; use explain");
            }
            return new SqlitePlans(connection).explain(sql);
        }
    }

    private QueryPlan postgres(Connection connection, ExplainableSql sql, boolean analyze, long nanos)
            throws SQLException {
        connection.setAutoCommit(false);
        try {
            return new PostgresPlans(connection, nanos).plan(sql, analyze);
        } catch (SQLException e) {
            throw SqlErrors.state(e).equals("57014") || SqlErrors.isLockTimeout(e) ? late(e, analyze, nanos) : e;
        } finally {
            rollback(connection);
        }
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // Closed next, which rolls back as well; whatever broke it is on its way to the caller.
        }
    }

    private SQLTimeoutException late(SQLException cause, boolean analyze, long nanos) {
        String what =
                SqlErrors.isLockTimeout(cause) ? "a lock on a table could not be had" : "the database was stopped";
        return new SQLTimeoutException(
                "query plans: " + (analyze ? "analyze" : "explain") + " gave no plan within " + Meters.duration(nanos)
                        + " on " + source.url() + ": " + what
                        + (analyze ? "; use explain, or allow more time" : "; try again when no migration runs"),
                cause.getSQLState(),
                cause);
    }
}
