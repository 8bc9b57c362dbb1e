package dev.wellhead.core;

import java.util.function.DoubleSupplier;

/** The sink behind {@link MetricSink#none()}, and all of its instruments. */
enum NoMetrics implements MetricSink, MetricSink.Counter, MetricSink.Timer, MetricSink.Registration {
    INSTANCE;

    @Override
    public Counter counter(String name, String... tags) {
        return this;
    }

    @Override
    public Timer timer(String name, String... tags) {
        return this;
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        return this;
    }

    @Override
    public void add(long delta) {}

    @Override
    public void record(long nanos) {}

    @Override
    public void close() {}
}
