/**
 * Measures our modules beside their peers: what {@code ./bench NAME} runs. A {@link dev.wellhead.benchmarks.BenchmarkSet}
 * has scenarios; in each round of a scenario every contender is measured once, in rotated order, so that what disturbs the
 * machine disturbs all of them alike. Goals are judged by their values in all rounds.
 *
 * <p>A new set implements {@code BenchmarkSet} and is listed in {@link dev.wellhead.benchmarks.BenchmarkSets}; a new peer is
 * a dependency in the POM and a line in {@code versions.properties}.
 */
@NullMarked
package dev.wellhead.benchmarks;

import org.jspecify.annotations.NullMarked;
