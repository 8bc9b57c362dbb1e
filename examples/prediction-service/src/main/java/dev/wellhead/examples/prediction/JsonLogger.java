package dev.wellhead.examples.prediction;

import java.io.PrintStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/** One JSON object for each message: time, level, logger, thread, message, request, fields of its own, error. Thread-safe. */
final class JsonLogger extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1L;
    private static final String OURS = "dev.wellhead.";
    private static final int MOST_FRAMES = 30;

    private final transient PrintStream out;
    private final transient Clock clock;
    private final int lowest;

    JsonLogger(String name, PrintStream out, Clock clock) {
        this.name = name;
        this.out = out;
        this.clock = clock;
        // What others tell at INFO is about themselves.
        lowest = (name.startsWith(OURS) ? Level.INFO : Level.WARN).toInt();
    }

    @Override
    public void log(LoggingEvent event) {
        write(
                event.getLevel(),
                MessageFormatter.basicArrayFormat(event.getMessage(), event.getArgumentArray()),
                event.getKeyValuePairs(),
                event.getThrowable());
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable error) {
        write(level, MessageFormatter.basicArrayFormat(pattern, arguments), null, error);
    }

    private void write(Level level, String message, @Nullable List<KeyValuePair> fields, @Nullable Throwable error) {
        if (level.toInt() < lowest) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("level", level.toString());
        line.put("logger", name);
        line.put("thread", Thread.currentThread().getName());
        line.put("message", message);
        String request = RequestId.current();
        if (request != null) {
            line.put("requestId", request);
        }
        if (fields != null) {
            fields.forEach(field -> line.put(field.key, field.value));
        }
        if (error != null) {
            line.putIfAbsent("error", error.toString());
            line.put("stack", stack(error));
        }
        out.println(Json.text(line));
    }

    private static String stack(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            text.append(cause == error ? "" : "\ncaused by ").append(cause);
            StackTraceElement[] frames = cause.getStackTrace();
            for (int i = 0; i < Math.min(frames.length, MOST_FRAMES); i++) {
                text.append("\n\tat ").append(frames[i]);
            }
        }
        return text.toString();
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return lowest <= Level.TRACE.toInt();
    }

    @Override
    public boolean isDebugEnabled() {
        return lowest <= Level.DEBUG.toInt();
    }

    @Override
    public boolean isInfoEnabled() {
        return lowest <= Level.INFO.toInt();
    }

    @Override
    public boolean isWarnEnabled() {
        return lowest <= Level.WARN.toInt();
    }

    @Override
    public boolean isErrorEnabled() {
        return lowest <= Level.ERROR.toInt();
    }
}
