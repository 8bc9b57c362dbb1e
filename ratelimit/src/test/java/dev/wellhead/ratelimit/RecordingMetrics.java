package dev.wellhead.ratelimit;

import dev.wellhead.core.MetricSink;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Keeps what is measured, each series under its name and {@code key=value} tags. */
final class RecordingMetrics implements MetricSink {
    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
    private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();

    @Override
    public Counter counter(String name, String... tags) {
        LongAdder total = counters.computeIfAbsent(series(name, tags), s -> new LongAdder());
        return total::add;
    }

    @Override
    public Timer timer(String name, String... tags) {
        return nanos -> {};
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        String series = series(name, tags);
        gauges.put(series, value);
        return () -> gauges.remove(series);
    }

    long count(String name, String... tags) {
        return counters.entrySet().stream()
                .filter(e ->
                        e.getKey().startsWith(name + "[") && Arrays.stream(tags).allMatch(e.getKey()::contains))
                .mapToLong(e -> e.getValue().sum())
                .sum();
    }

    double gauge(String name) {
        return gauges.entrySet().stream()
                .filter(e -> e.getKey().startsWith(name + "["))
                .mapToDouble(e -> e.getValue().getAsDouble())
                .sum();
    }

    Set<String> gauges() {
        return gauges.keySet();
    }

    @Override
    public String toString() {
        return counters + " " + gauges.keySet();
    }

    private static String series(String name, String... tags) {
        StringBuilder series = new StringBuilder(name).append('[');
        for (int i = 0; i < tags.length; i += 2) {
            series.append(tags[i]).append('=').append(tags[i + 1]).append(' ');
        }
        return series.append(']').toString();
    }
}
