package dev.wellhead.cache;

import dev.wellhead.core.MetricSink;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Remembers what was measured, by name and tags. */
final class RecordingMetrics implements MetricSink {
    final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
    final Map<String, LongAdder> timers = new ConcurrentHashMap<>();
    final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();

    @Override
    public Counter counter(String name, String... tags) {
        LongAdder sum = counters.computeIfAbsent(series(name, tags), absent -> new LongAdder());
        return sum::add;
    }

    @Override
    public Timer timer(String name, String... tags) {
        LongAdder count = timers.computeIfAbsent(series(name, tags), absent -> new LongAdder());
        return nanos -> count.increment();
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        String series = series(name, tags);
        gauges.put(series, value);
        return () -> gauges.remove(series);
    }

    long count(String series) {
        return counters.get(series).sum();
    }

    private static String series(String name, String... tags) {
        return name + " " + String.join(" ", tags);
    }
}
