package dev.wellhead.migrate;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.internal.GuardedMetrics;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.MigrationReport.Step;
import dev.wellhead.migrate.internal.Placeholders;
import dev.wellhead.migrate.internal.SqlStatement;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs, counts, and tells the listener. Thread-safe as far as sink and listener are. */
final class RunObserver {
    private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);

    private final MigrationListener listener;
    // There are many statements, and each is said in words of its own.
    private final boolean watched;
    private final MetricSink.Counter applied;
    private final MetricSink.Counter rolledBack;
    private final MetricSink.Counter failed;
    private final MetricSink.Timer duration;

    RunObserver(MetricSink sink, MigrationListener listener) {
        MetricSink metrics = GuardedMetrics.of(sink, "migrator", LOG);
        this.listener = listener;
        this.watched = listener != MigrationOptions.NOBODY;
        this.applied = metrics.counter("wellhead.migrate.applied");
        this.rolledBack = metrics.counter("wellhead.migrate.rolledback");
        this.failed = metrics.counter("wellhead.migrate.failed");
        this.duration = metrics.timer("wellhead.migrate.duration");
    }

    void runStarted(List<Script> scripts) {
        List<String> versions =
                scripts.stream().map(script -> script.migration().version()).toList();
        tell(() -> listener.onRunStarted(versions));
    }

    void runCompleted(MigrationReport report) {
        tell(() -> listener.onRunCompleted(report));
    }

    void runFailed(Throwable error) {
        tell(() -> listener.onRunFailed(error));
    }

    void started(Script script) {
        LOG.debug(
                "migration {}: {} statements to run",
                script.file(),
                script.outline().statements());
        if (script.done() > 0) {
            LOG.info("migration {}: goes on behind statement {}", script.file(), script.done());
        }
        boolean down = script.direction() == Direction.ROLLED_BACK;
        if (down && script.row() != null && SchemaState.isDownChanged(script.migration(), script.row())) {
            LOG.warn(
                    "rollback: {} was changed since version {} was applied; it runs as it is now",
                    script.file(),
                    script.migration().version());
        }
        tell(() -> listener.onStarted(script.migration().version(), script.direction()));
    }

    void completed(Script script, Step step) {
        boolean forwards = step.direction() == Direction.APPLIED;
        (forwards ? applied : rolledBack).increment();
        duration.record(step.duration().toNanos());
        LOG.info(
                "migration {} {} in {} ms",
                script.file(),
                forwards ? "applied" : "rolled back",
                step.duration().toMillis());
        tell(() -> listener.onCompleted(step));
    }

    void retry(Script script, int attempt, SQLException error, String suspects) {
        LOG.warn(
                "migration {}: attempt {} gave way to others and was rolled back, it will be tried again: {}{}",
                script.file(),
                attempt,
                MigrationException.words(error),
                suspects.isEmpty() ? "" : "; perhaps because " + suspects);
        tell(() -> listener.onRetry(script.migration().version(), attempt, error));
    }

    void failed(Script script, MigrationException error) {
        failed.increment();
        tell(() -> listener.onFailed(script.migration().version(), error));
    }

    /** The database refused a statement in a transaction; it and those before and behind it run apart. */
    void alone(Script script, int number) {
        LOG.info("migration {}: statement {} must stand outside a transaction; it runs alone", script.file(), number);
    }

    void mending(Script script, String words, String sql) {
        Placeholders secret = script.migration().placeholders();
        LOG.warn("migration {}: {}; cleared away by: {}", script.file(), secret.redacted(words), secret.redacted(sql));
    }

    void doubtSettled(Script script, int number) {
        LOG.info("migration {}: statement {}, in which a run broke off, is done", script.file(), number);
    }

    void statementStarted(Script script, int number, SqlStatement statement) {
        if (watched) {
            tell(() -> listener.onStatementStarted(event(script, number, statement)));
        }
    }

    void statementCompleted(Script script, int number, SqlStatement statement) {
        if (watched) {
            tell(() -> listener.onStatementCompleted(event(script, number, statement)));
        }
    }

    void indexProgress(MigrationListener.StatementEvent event, String phase, int percent) {
        LOG.debug("migration {}: {} {} %", event.version(), phase, percent);
        tell(() -> listener.onIndexProgress(event, phase, percent));
    }

    MigrationListener.StatementEvent event(Script script, int number, SqlStatement statement) {
        return new MigrationListener.StatementEvent(
                script.migration().version(),
                number + 1,
                script.outline().statements(),
                statement.line(),
                DoubtMessages.shortened(statement.written()));
    }

    // The migrations matter more than who watches.
    private void tell(Runnable message) {
        try {
            message.run();
        } catch (RuntimeException e) {
            LOG.warn("listener {} failed; the run goes on", listener.getClass().getName(), e);
        }
    }
}
