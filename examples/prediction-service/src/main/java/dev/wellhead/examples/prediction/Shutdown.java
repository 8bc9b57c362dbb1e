package dev.wellhead.examples.prediction;

import java.time.Duration;
import java.util.Map;

/**
 * How the service ends.
 *
 * @param delay how long it goes on serving though it is not ready any more, so that a load balancer sees it: {@code
 *     SHUTDOWN_DELAY}, zero by default
 * @param drain how long requests under way may take to finish: {@code SHUTDOWN_TIMEOUT}, 10 s by default
 */
public record Shutdown(Duration delay, Duration drain) {
    static Shutdown from(Map<String, String> environment) {
        return new Shutdown(
                DurationText.parse("SHUTDOWN_DELAY", environment.getOrDefault("SHUTDOWN_DELAY", "0s")),
                DurationText.parse("SHUTDOWN_TIMEOUT", environment.getOrDefault("SHUTDOWN_TIMEOUT", "10s")));
    }
}
