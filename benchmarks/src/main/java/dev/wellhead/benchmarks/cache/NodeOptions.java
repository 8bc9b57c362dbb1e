package dev.wellhead.benchmarks.cache;

import java.time.Duration;

/**
 * What every contender is given alike.
 *
 * @param redis the server's address
 * @param life how long a value lives
 * @param nearLife how long the process keeps it
 * @param nearSize how many values the process keeps
 * @param source where absent values come from
 */
record NodeOptions(String redis, Duration life, Duration nearLife, int nearSize, Source source) {
    /** Values that outlive the measurement. */
    static NodeOptions of(String redis, Source source) {
        return new NodeOptions(redis, Duration.ofMinutes(10), Duration.ofMinutes(1), 10_000, source);
    }

    /** The same with this many values in the process. */
    NodeOptions withNearSize(int size) {
        return new NodeOptions(redis, life, nearLife, size, source);
    }

    /** The same with these lives. */
    NodeOptions withLives(Duration far, Duration near) {
        return new NodeOptions(redis, far, near, nearSize, source);
    }

    /** Loads; what went wrong comes out in a form that any library lets pass. */
    String load(String key) {
        try {
            return source.load(key);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the source failed", e);
        }
    }
}
