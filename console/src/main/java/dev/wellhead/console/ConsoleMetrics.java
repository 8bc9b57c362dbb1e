package dev.wellhead.console;

import dev.wellhead.core.MetricSink;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a console show how long callers wait for connections and Redis takes to answer: the modules tell such times to a {@link
 * MetricSink} only. Give it to the builders of pools and Redis clients, and to {@link Console.Builder#metrics}. Everything it
 * gets, it hands on to the sink behind it.
 *
 * <p>Keeps the distributions of {@code wellhead.pool.wait} and {@code wellhead.redis.latency} in constant memory (some 40 kB
 * each) at the cost of one atomic add; of other instruments it hands out those of the sink behind it. Without a sink, modules read
 * no clock on their fast paths; with this one they do, as with any.
 *
 * <p>Thread-safe. Never blocks, needs no closing.
 */
public final class ConsoleMetrics implements MetricSink {
    static final String POOL_WAIT = "wellhead.pool.wait";
    static final String REDIS_LATENCY = "wellhead.redis.latency";
    private static final Set<String> KEPT = Set.of(POOL_WAIT, REDIS_LATENCY);

    private final MetricSink next;
    private final Map<Series, Histogram> timers = new ConcurrentHashMap<>();

    /** An instrument of a module has one tag: the name of whom it belongs to. */
    private record Series(String name, String owner) {}

    private ConsoleMetrics(MetricSink next) {
        this.next = next;
    }

    /** Returns a sink that keeps what a console shows, and drops the rest. */
    public static ConsoleMetrics create() {
        return new ConsoleMetrics(MetricSink.none());
    }

    /** Returns a sink that keeps what a console shows, and hands everything on to this one. */
    public static ConsoleMetrics before(MetricSink next) {
        return new ConsoleMetrics(Objects.requireNonNull(next, "next"));
    }

    @Override
    public Counter counter(String name, String... tags) {
        return next.counter(name, tags);
    }

    @Override
    public Timer timer(String name, String... tags) {
        Timer behind = next.timer(name, tags);
        if (!KEPT.contains(name) || tags.length != 2) {
            return behind;
        }
        Histogram histogram = timers.computeIfAbsent(new Series(name, tags[1]), series -> new Histogram());
        if (next == MetricSink.none()) {
            return histogram::record;
        }
        return nanos -> {
            histogram.record(nanos);
            behind.record(nanos);
        };
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        return next.gauge(name, value, tags);
    }

    /** Returns what was recorded for the owner of this name; null if nobody of that name has asked for the timer. */
    @Nullable Histogram timer(String name, String owner) {
        return timers.get(new Series(name, owner));
    }
}
