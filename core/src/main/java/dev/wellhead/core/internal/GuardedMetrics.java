package dev.wellhead.core.internal;

import dev.wellhead.core.MetricSink;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;

/**
 * A sink in front of the host's that never throws: what the host's throws against its contract is logged, at most once in
 * ten seconds, and costs the caller nothing but the measurement. Thread-safe.
 */
public final class GuardedMetrics implements MetricSink {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final MetricSink sink;
    private final String owner;
    private final Logger log;
    private final AtomicLong lastLine = new AtomicLong(System.nanoTime() - PAUSE_NANOS);
    private final AtomicLong unsaid = new AtomicLong();

    private GuardedMetrics(MetricSink sink, String owner, Logger log) {
        this.sink = sink;
        this.owner = owner;
        this.log = log;
    }

    /**
     * Returns the sink, guarded; {@link MetricSink#none()} as it is, since modules recognise it.
     *
     * @param owner whose measurements they are, as {@code cache 'users'}
     */
    public static MetricSink of(MetricSink sink, String owner, Logger log) {
        return sink == MetricSink.none() || sink instanceof GuardedMetrics
                ? sink
                : new GuardedMetrics(sink, owner, log);
    }

    @Override
    public Counter counter(String name, String... tags) {
        try {
            Counter counter = sink.counter(name, tags);
            return delta -> {
                try {
                    counter.add(delta);
                } catch (RuntimeException e) {
                    threw(name, e);
                }
            };
        } catch (RuntimeException e) {
            threw(name, e);
            return MetricSink.none().counter(name, tags);
        }
    }

    @Override
    public Timer timer(String name, String... tags) {
        try {
            Timer timer = sink.timer(name, tags);
            return nanos -> {
                try {
                    timer.record(nanos);
                } catch (RuntimeException e) {
                    threw(name, e);
                }
            };
        } catch (RuntimeException e) {
            threw(name, e);
            return MetricSink.none().timer(name, tags);
        }
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        try {
            Registration registration = sink.gauge(name, value, tags);
            return () -> {
                try {
                    registration.close();
                } catch (RuntimeException e) {
                    threw(name, e);
                }
            };
        } catch (RuntimeException e) {
            threw(name, e);
            return MetricSink.none().gauge(name, value, tags);
        }
    }

    private void threw(String name, RuntimeException e) {
        long now = System.nanoTime();
        long last = lastLine.get();
        if (now - last < PAUSE_NANOS || !lastLine.compareAndSet(last, now)) {
            unsaid.incrementAndGet();
            return;
        }
        long more = unsaid.getAndSet(0);
        log.warn(
                "{}: metric sink {} threw at {}; what it was to count is lost{}",
                owner,
                sink.getClass().getName(),
                name,
                more == 0 ? "" : " (and " + more + " more since the last such line)",
                e);
    }
}
