package dev.wellhead.opentelemetry;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.BackupListener;
import dev.wellhead.backup.BackupProgress;
import dev.wellhead.backup.RestoreReport;
import dev.wellhead.backup.RetentionPlan;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes a span of each backup ({@code wellhead.backup.create}) and of each restore ({@code wellhead.backup.restore}), with
 * the backup's id as an attribute. That a backup was verified or found suspect is an event on the span of whoever asked.
 * Thread-safe; messages of errors never reach a span.
 */
public final class BackupTracing implements BackupListener {
    private static final AttributeKey<String> ID = AttributeKey.stringKey("wellhead.backup.id");
    private static final AttributeKey<Long> ROWS = AttributeKey.longKey("wellhead.backup.rows");

    private final Spans spans;
    private final DatabaseIdentity database;
    private final BackupListener next;
    private final Clock clock = Clock.systemUTC();
    private final Map<String, Span> running = new ConcurrentHashMap<>();

    private BackupTracing(Spans spans, DatabaseIdentity database, BackupListener next) {
        this.spans = spans;
        this.database = database;
        this.next = next;
    }

    /** Returns a listener for backups of this database. */
    public static BackupTracing of(OpenTelemetry openTelemetry, DatabaseIdentity database) {
        return new BackupTracing(
                new Spans(Objects.requireNonNull(openTelemetry, "openTelemetry")),
                Objects.requireNonNull(database, "database"),
                new BackupListener() {});
    }

    /** Returns one that has this listener hear of everything as well, as backups have only one. */
    public BackupTracing listener(BackupListener listener) {
        return new BackupTracing(spans, database, Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public void moved(String id, BackupInfo.State state, String detail) {
        switch (state) {
            case RUNNING -> running.put(id, span("wellhead.backup.create", id).startSpan());
            case COMPLETE -> end(id, false);
            case FAILED -> end(id, true);
            case VERIFIED -> Span.current().addEvent("wellhead.backup.verified", Attributes.of(ID, id));
            case SUSPECT -> Span.current().addEvent("wellhead.backup.suspect", Attributes.of(ID, id));
        }
        next.moved(id, state, detail);
    }

    private SpanBuilder span(String name, String id) {
        return spans.internal(name).setAllAttributes(database.attributes()).setAttribute(ID, id);
    }

    private void end(String id, boolean failed) {
        Span span = running.remove(id);
        if (span != null) {
            if (failed) {
                Spans.fail(span, Spans.OTHER_ERROR);
            }
            span.end();
        }
    }

    @Override
    public void restored(RestoreReport report) {
        Instant end = clock.instant();
        span("wellhead.backup.restore", report.id())
                .setAttribute(ROWS, report.rows())
                .setStartTimestamp(end.minus(report.duration()))
                .startSpan()
                .end(end);
        next.restored(report);
    }

    @Override
    public void progressed(BackupProgress progress) {
        next.progressed(progress);
    }

    @Override
    public void pruned(RetentionPlan plan) {
        next.pruned(plan);
    }
}
