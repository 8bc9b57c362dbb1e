package dev.wellhead.benchmarks;

import java.util.Map;

/** Measures one contender once. Starts what it needs and leaves nothing running. */
@FunctionalInterface
interface Measurement {
    /**
     * Returns the metrics of one round by their names, in the order in which they are to be shown. A contender has the same
     * names in every round. Blocks until it is done, in bounded time.
     *
     * @throws BenchmarkException if there is no result
     */
    Map<String, Double> measure(Jdk jdk, Effort effort) throws BenchmarkException, InterruptedException;
}
