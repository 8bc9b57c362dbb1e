package dev.wellhead.opentelemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** What the listeners that make spans share. */
final class Spans {
    static final AttributeKey<String> POOL = AttributeKey.stringKey("db.client.connection.pool.name");
    static final AttributeKey<String> OPERATION = AttributeKey.stringKey("db.operation.name");
    static final AttributeKey<String> COLLECTION = AttributeKey.stringKey("db.collection.name");
    static final AttributeKey<String> SUMMARY = AttributeKey.stringKey("db.query.summary");
    static final AttributeKey<String> TEXT = AttributeKey.stringKey("db.query.text");
    static final AttributeKey<String> STATUS_CODE = AttributeKey.stringKey("db.response.status_code");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    /** Of a failure that has no name. */
    static final String OTHER_ERROR = "_OTHER";

    private final Tracer tracer;
    private final Clock clock = Clock.systemUTC();

    Spans(OpenTelemetry openTelemetry) {
        tracer = openTelemetry.getTracer(OpenTelemetrySink.SCOPE);
    }

    /** Begins what the process does by itself. */
    SpanBuilder internal(String name) {
        return tracer.spanBuilder(name).setSpanKind(SpanKind.INTERNAL);
    }

    /** Begins a statement, named after what it does, of this database. */
    SpanBuilder statement(QuerySummary summary, DatabaseIdentity database) {
        String name = summary.text();
        SpanBuilder span = tracer.spanBuilder(name.isEmpty() ? database.system() : name)
                .setSpanKind(SpanKind.CLIENT)
                .setAllAttributes(database.attributes());
        if (!name.isEmpty()) {
            span.setAttribute(OPERATION, summary.operation()).setAttribute(SUMMARY, name);
        }
        if (summary.targets().size() == 1) {
            span.setAttribute(COLLECTION, summary.targets().get(0));
        }
        return span;
    }

    /** Makes a span of what ends now and took this long. */
    void past(SpanBuilder span, Duration took, String error) {
        Instant end = clock.instant();
        Span made = span.setNoParent().setStartTimestamp(end.minus(took)).startSpan();
        fail(made, error);
        made.end(end);
    }

    /** Marks the span as failed; messages stay out, as they may hold values. */
    static void fail(Span span, String error) {
        span.setAttribute(ERROR_TYPE, error);
        span.setStatus(StatusCode.ERROR);
    }
}
