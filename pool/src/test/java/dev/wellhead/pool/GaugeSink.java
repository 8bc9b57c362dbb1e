package dev.wellhead.pool;

import dev.wellhead.core.MetricSink;
import java.util.function.DoubleSupplier;

/** A sink that does something whenever a gauge is registered, which is while a pool is built, and counts nothing. */
final class GaugeSink implements MetricSink {
    private final Runnable registered;

    GaugeSink(Runnable registered) {
        this.registered = registered;
    }

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
        registered.run();
        return () -> {};
    }
}
