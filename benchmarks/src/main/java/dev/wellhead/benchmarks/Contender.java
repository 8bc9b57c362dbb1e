package dev.wellhead.benchmarks;

/**
 * What is measured side by side with others: ours, a peer, or the floor that all of them stand on.
 *
 * @param name unique in its scenario
 * @param measurement measures it for one round
 */
record Contender(String name, Measurement measurement) {}
