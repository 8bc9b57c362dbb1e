/**
 * What the programs that run in JVMs of their own share: how they wait, count times, keep calls coming, and say what they
 * found.
 */
@NullMarked
package dev.wellhead.benchmarks.program;

import org.jspecify.annotations.NullMarked;
