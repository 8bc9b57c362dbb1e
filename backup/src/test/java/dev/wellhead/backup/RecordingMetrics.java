package dev.wellhead.backup;

import dev.wellhead.core.MetricSink;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Remembers sums by name. */
final class RecordingMetrics implements MetricSink {
    private final Map<String, LongAdder> sums = new ConcurrentHashMap<>();
    private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();
    private final Set<String> databases = ConcurrentHashMap.newKeySet();

    long sum(String name) {
        return sums.get(name).sum();
    }

    Set<String> gauges() {
        return gauges.keySet();
    }

    /** Returns what was tagged as the database. */
    Set<String> databases() {
        return databases;
    }

    double gauge(String name) {
        return gauges.get(name).getAsDouble();
    }

    private void note(String... tags) {
        if (tags.length != 2 || !tags[0].equals("database")) {
            throw new IllegalArgumentException(String.join(",", tags));
        }
        databases.add(tags[1]);
    }

    @Override
    public Counter counter(String name, String... tags) {
        note(tags);
        return sums.computeIfAbsent(name, key -> new LongAdder())::add;
    }

    @Override
    public Timer timer(String name, String... tags) {
        note(tags);
        return sums.computeIfAbsent(name, key -> new LongAdder())::add;
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        note(tags);
        gauges.put(name, value);
        return () -> gauges.remove(name);
    }
}
