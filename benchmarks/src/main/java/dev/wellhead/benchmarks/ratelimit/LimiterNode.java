package dev.wellhead.benchmarks.ratelimit;

import java.util.List;

/**
 * What one process of a service would hold: a limiter of one {@link Rate}, with a client of its own. Thread-safe;
 * whoever opens it closes it. Each call may throw whatever its library throws.
 */
interface LimiterNode extends AutoCloseable {
    /** Asks for one permit of the key, without waiting for permits. */
    Answer ask(String key) throws Exception;

    /** Does what a library wants to have done once before these keys are asked for. Most want nothing. */
    default void prepare(List<String> keys) throws Exception {}

    @Override
    void close();
}
