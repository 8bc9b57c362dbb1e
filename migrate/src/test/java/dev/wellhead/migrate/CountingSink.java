package dev.wellhead.migrate;

import dev.wellhead.core.MetricSink;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/** Adds up counters, and counts what timers record. */
final class CountingSink implements MetricSink {
    private final Map<String, Long> counts = new ConcurrentHashMap<>();

    Map<String, Long> counts() {
        return counts;
    }

    @Override
    public Counter counter(String name, String... tags) {
        return delta -> counts.merge(name, delta, Long::sum);
    }

    @Override
    public Timer timer(String name, String... tags) {
        return nanos -> counts.merge(name, 1L, Long::sum);
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        return () -> {};
    }
}
