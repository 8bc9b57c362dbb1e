package dev.wellhead.backup;

import dev.wellhead.core.MetricSink;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Remembers sums by name. */
final class RecordingMetrics implements MetricSink {
    private final Map<String, LongAdder> sums = new ConcurrentHashMap<>();
    private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();

    long sum(String name) {
        return sums.get(name).sum();
    }

    double gauge(String name) {
        return gauges.get(name).getAsDouble();
    }

    @Override
    public Counter counter(String name, String... tags) {
        return sums.computeIfAbsent(name, key -> new LongAdder())::add;
    }

    @Override
    public Timer timer(String name, String... tags) {
        return sums.computeIfAbsent(name, key -> new LongAdder())::add;
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        gauges.put(name, value);
        return () -> gauges.remove(name);
    }
}
