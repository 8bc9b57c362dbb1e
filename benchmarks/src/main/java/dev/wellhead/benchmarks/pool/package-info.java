/**
 * What {@code ./bench pool} runs beside the frame: a driver without a database, the pools behind one interface, and the
 * programs and JMH benchmarks that put load on them, each in a JVM of its own.
 */
@NullMarked
package dev.wellhead.benchmarks.pool;

import org.jspecify.annotations.NullMarked;
