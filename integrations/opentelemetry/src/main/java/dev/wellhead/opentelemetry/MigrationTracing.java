package dev.wellhead.opentelemetry;

import dev.wellhead.core.Coded;
import dev.wellhead.migrate.MigrationException;
import dev.wellhead.migrate.MigrationListener;
import dev.wellhead.migrate.MigrationReport;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of each run of migrations ({@code wellhead.migrate.run}) and in it one of each migration ({@code
 * wellhead.migrate.up}, {@code wellhead.migrate.down}, with the version as an attribute). The span of the run is the current
 * one while it runs. Statements are spans only if {@link Builder#statements()} asks for them: the Java agent and other
 * instrumentations of JDBC have a span for each already.
 *
 * <p>Of errors spans have the code ({@code WH-MIG-011}) and never the message, of statements the SQL only by {@link
 * Builder#queryText()}. Thread-safe; one listener may serve several migrators.
 */
public final class MigrationTracing implements MigrationListener {
    private static final AttributeKey<String> VERSION = AttributeKey.stringKey("wellhead.migrate.version");
    private static final AttributeKey<Long> MIGRATIONS = AttributeKey.longKey("wellhead.migrate.migrations");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("wellhead.migrate.attempt");

    private final Spans spans;
    private final DatabaseIdentity database;
    private final boolean statements;
    private final boolean queryText;
    private final MigrationListener next;
    // A listener is called on the thread that runs, and a run never leaves its thread.
    private final Map<Thread, Run> runs = new ConcurrentHashMap<>();

    /** What is open. Of one thread. */
    private static final class Run {
        private final Span span;
        private final Scope scope;
        private @Nullable Span migration;
        private @Nullable Span statement;

        // Closed by end(), which every run comes to.
        @SuppressWarnings("MustBeClosedChecker")
        Run(Span span) {
            this.span = span;
            this.scope = span.makeCurrent();
        }

        /** Ends what is open; with an error, as failed. */
        void end(@Nullable String error) {
            endStatement(error);
            endMigration(error);
            if (error != null) {
                Spans.fail(span, error);
            }
            scope.close();
            span.end();
        }

        void endMigration(@Nullable String error) {
            end(migration, error);
            migration = null;
        }

        void endStatement(@Nullable String error) {
            end(statement, error);
            statement = null;
        }

        private static void end(@Nullable Span span, @Nullable String error) {
            if (span != null) {
                if (error != null) {
                    Spans.fail(span, error);
                }
                span.end();
            }
        }
    }

    private MigrationTracing(Builder options) {
        spans = new Spans(options.openTelemetry);
        database = options.database;
        statements = options.statements;
        queryText = options.queryText;
        next = options.next;
    }

    /** Starts a listener for migrators of this database. */
    public static Builder builder(OpenTelemetry openTelemetry, DatabaseIdentity database) {
        return new Builder(
                Objects.requireNonNull(openTelemetry, "openTelemetry"), Objects.requireNonNull(database, "database"));
    }

    @Override
    public void onRunStarted(List<String> versions) {
        Span span = spans.internal("wellhead.migrate.run")
                .setAllAttributes(database.attributes())
                .setAttribute(MIGRATIONS, (long) versions.size())
                .startSpan();
        Run before = runs.put(Thread.currentThread(), new Run(span));
        if (before != null) {
            before.end(null);
        }
        next.onRunStarted(versions);
    }

    @Override
    public void onRunCompleted(MigrationReport report) {
        end(null);
        next.onRunCompleted(report);
    }

    @Override
    public void onRunFailed(Throwable error) {
        end(code(error));
        next.onRunFailed(error);
    }

    private void end(@Nullable String error) {
        Run run = runs.remove(Thread.currentThread());
        if (run != null) {
            run.end(error);
        }
    }

    @Override
    public void onStarted(String version, MigrationReport.Direction direction) {
        Run run = runs.get(Thread.currentThread());
        if (run != null) {
            boolean up = direction == MigrationReport.Direction.APPLIED;
            run.migration = spans.internal(up ? "wellhead.migrate.up" : "wellhead.migrate.down")
                    .setAllAttributes(database.attributes())
                    .setAttribute(VERSION, version)
                    .startSpan();
        }
        next.onStarted(version, direction);
    }

    @Override
    public void onCompleted(MigrationReport.Step step) {
        Run run = runs.get(Thread.currentThread());
        if (run != null) {
            run.endMigration(null);
        }
        next.onCompleted(step);
    }

    @Override
    public void onRetry(String version, int attempt, SQLException error) {
        Run run = runs.get(Thread.currentThread());
        if (run != null) {
            String state = Objects.requireNonNullElse(error.getSQLState(), Spans.OTHER_ERROR);
            run.endStatement(state);
            if (run.migration != null) {
                run.migration.addEvent(
                        "wellhead.migrate.retry", Attributes.of(ATTEMPT, (long) attempt, Spans.STATUS_CODE, state));
            }
        }
        next.onRetry(version, attempt, error);
    }

    @Override
    public void onFailed(String version, MigrationException error) {
        Run run = runs.get(Thread.currentThread());
        if (run != null) {
            run.endStatement(code(error));
            run.endMigration(code(error));
        }
        next.onFailed(version, error);
    }

    @Override
    public void onStatementStarted(StatementEvent statement) {
        Run run = statements ? runs.get(Thread.currentThread()) : null;
        if (run != null) {
            SpanBuilder builder = spans.statement(QuerySummary.of(statement.sql()), database)
                    .setAttribute(VERSION, statement.version());
            if (queryText) {
                builder.setAttribute(Spans.TEXT, statement.sql());
            }
            if (run.migration != null) {
                builder.setParent(Context.current().with(run.migration));
            }
            run.statement = builder.startSpan();
        }
        next.onStatementStarted(statement);
    }

    @Override
    public void onStatementCompleted(StatementEvent statement) {
        Run run = runs.get(Thread.currentThread());
        if (run != null) {
            run.endStatement(null);
        }
        next.onStatementCompleted(statement);
    }

    @Override
    public void onIndexProgress(StatementEvent statement, String phase, int percent) {
        next.onIndexProgress(statement, phase, percent);
    }

    private static String code(Throwable error) {
        return error instanceof Coded coded ? coded.code() : error.getClass().getName();
    }

    /** Options of a listener. Not thread-safe. */
    public static final class Builder {
        private final OpenTelemetry openTelemetry;
        private final DatabaseIdentity database;
        private boolean statements;
        private boolean queryText;
        private MigrationListener next = new MigrationListener() {};

        private Builder(OpenTelemetry openTelemetry, DatabaseIdentity database) {
            this.openTelemetry = openTelemetry;
            this.database = database;
        }

        /** Makes a client span of each statement, named after what it does ({@code ALTER users}). Default: off. */
        public Builder statements() {
            statements = true;
            return this;
        }

        /**
         * Writes the first 200 characters of statements into their spans ({@code db.query.text}), with the values in them.
         * Default: off.
         */
        public Builder queryText() {
            queryText = true;
            return this;
        }

        /** Has this listener hear of everything as well, as a migrator has only one. Default: none. */
        public Builder listener(MigrationListener listener) {
            next = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** Builds the listener. */
        public MigrationTracing build() {
            return new MigrationTracing(this);
        }
    }
}
