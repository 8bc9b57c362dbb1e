package dev.wellhead.core;

import java.util.function.DoubleSupplier;

/** The sink behind {@link MetricSink#none()}. */
enum NoMetrics implements MetricSink {
    INSTANCE;

    @Override
    public Counter counter(String name, String... tags) {
        return delta -> {};
    }

    @Override
    public Timer timer(String name, String... tags) {
        return nanos -> {};
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        return () -> {};
    }
}
