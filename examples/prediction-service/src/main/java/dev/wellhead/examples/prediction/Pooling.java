package dev.wellhead.examples.prediction;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How the service uses connections.
 *
 * @param size how many it has at most, of SQLite one writer and the rest readers: {@code POOL_SIZE}, 10 by default
 * @param leakThreshold from when on a connection that was not given back is reported: {@code LEAK_THRESHOLD}, 60 s by default
 * @param reclaimAfter from when on a connection with which nothing is done is taken away: {@code RECLAIM_AFTER}, empty by
 *     default for never; of PostgreSQL only
 * @param slowQueryThreshold from when on a statement is reported: {@code SLOW_QUERY_THRESHOLD}, 1 s by default
 */
public record Pooling(int size, Duration leakThreshold, Optional<Duration> reclaimAfter, Duration slowQueryThreshold) {
    private static final int LARGEST = 1_000;

    static Pooling from(Map<String, String> environment) {
        return new Pooling(
                size(environment.getOrDefault("POOL_SIZE", "10")),
                DurationText.positive("LEAK_THRESHOLD", environment.getOrDefault("LEAK_THRESHOLD", "60s")),
                Optional.ofNullable(environment.get("RECLAIM_AFTER"))
                        .filter(text -> !text.isBlank())
                        .map(text -> DurationText.positive("RECLAIM_AFTER", text)),
                DurationText.positive("SLOW_QUERY_THRESHOLD", environment.getOrDefault("SLOW_QUERY_THRESHOLD", "1s")));
    }

    private static int size(String text) {
        int size = Settings.number("POOL_SIZE", text);
        if (size < 2 || size > LARGEST) {
            throw new SettingsException("POOL_SIZE must be from 2 to " + LARGEST + ", was " + size);
        }
        return size;
    }
}
