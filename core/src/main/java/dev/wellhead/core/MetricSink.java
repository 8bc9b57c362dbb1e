package dev.wellhead.core;

import java.util.function.DoubleSupplier;

/**
 * Where Wellhead's modules send what they measure. A host adapts it to its own registry; names are neutral and dotted
 * ({@code wellhead.pool.wait}), tags come as alternating keys and values.
 *
 * <p>A module asks for its instruments once, when it is built, and then calls only the instruments: they are on fast
 * paths, so they must be thread-safe, must not block and must not throw. Asking twice for the same name and tags may
 * return the same instrument or another one that counts into the same series.
 */
public interface MetricSink {
    /** A number that only grows. */
    @FunctionalInterface
    interface Counter {
        /** Adds {@code delta}, which is never negative. */
        void add(long delta);

        /** Adds one. */
        default void increment() {
            add(1);
        }
    }

    /** A distribution of durations. */
    @FunctionalInterface
    interface Timer {
        /** Records one duration in nanoseconds, which is never negative. */
        void record(long nanos);
    }

    /** What a sink returns for a gauge, so that the gauge goes away with the component that it reads. */
    @FunctionalInterface
    interface Registration extends AutoCloseable {
        /** Removes the gauge. Idempotent. */
        @Override
        void close();
    }

    /**
     * Returns the counter of this name and these tags.
     *
     * @param tags alternating keys and values
     */
    Counter counter(String name, String... tags);

    /**
     * Returns the timer of this name and these tags.
     *
     * @param tags alternating keys and values
     */
    Timer timer(String name, String... tags);

    /**
     * Registers a gauge, to be read whenever the host collects its metrics.
     *
     * @param value read from any thread; cheap, never blocks
     * @param tags alternating keys and values
     */
    Registration gauge(String name, DoubleSupplier value, String... tags);

    /** Returns the sink that drops everything. Modules recognise it and then read no clock on their fast paths. */
    static MetricSink none() {
        return NoMetrics.INSTANCE;
    }
}
