package dev.wellhead.examples.prediction;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The name of one request, the same in its answer, in each line of the log, and with whoever asked. */
final class RequestId {
    static final String HEADER = "X-Request-Id";

    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

    private RequestId() {}

    /** Ends the time in which a thread works for a request. */
    interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /** Returns what the client calls its request; a new id if that is missing or could harm a log. */
    static String of(@Nullable String given, Ids ids) {
        return given != null && WELL_FORMED.matcher(given).matches() ? given : ids.next();
    }

    /** Has this thread work for a request until the scope is closed. */
    static Scope enter(String id) {
        CURRENT.set(id);
        return CURRENT::remove;
    }

    /** Returns the request that this thread works for; null if it works for none. */
    static @Nullable String current() {
        return CURRENT.get();
    }
}
