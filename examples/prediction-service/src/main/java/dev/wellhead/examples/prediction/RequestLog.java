package dev.wellhead.examples.prediction;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line for each request. Neither the query nor the client's address is in it, as both may be personal; a user's id in a
 * path says nothing to who has no access to the table of users. Thread-safe.
 */
final class RequestLog {
    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);
    private static final int LONGEST_PATH = 200;

    void answered(String method, String path, Response response, long nanos) {
        LoggingEventBuilder line = LOG.atLevel(level(path, response.status()))
                .addKeyValue("method", method)
                .addKeyValue("path", path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) : path)
                .addKeyValue("status", response.status())
                .addKeyValue("durationMs", Math.round(nanos / 1e4) / 100.0);
        String error = response.error();
        if (error != null) {
            line = line.addKeyValue("error", error);
        }
        line.log("request");
    }

    private static Level level(String path, int status) {
        // Asked by machines every few seconds, and a state that changes has a line of its own.
        if (path.startsWith("/health") || path.equals("/metrics")) {
            return Level.DEBUG;
        }
        return status >= 500 ? Level.WARN : Level.INFO;
    }
}
