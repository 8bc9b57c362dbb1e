package dev.wellhead.benchmarks;

import java.util.List;

/** What one {@code ./bench NAME} measures. Used by one thread; whoever opened its scenarios closes it. */
interface BenchmarkSet extends AutoCloseable {
    /** Returns the name on the command line and of the result's file. */
    String name();

    /** Returns what is measured, in one line. */
    String description();

    /** Returns how often each contender is measured; 5 at least at full effort. */
    int rounds(Effort effort);

    /**
     * Starts what the measurements share, such as a database, and returns what is to be measured. Called once.
     *
     * @throws BenchmarkException if something does not start
     */
    List<Scenario> open() throws BenchmarkException, InterruptedException;

    /** Stops what {@link #open} started; also called if it failed half-way. */
    @Override
    default void close() {}
}
