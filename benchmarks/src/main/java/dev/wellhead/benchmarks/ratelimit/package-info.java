/** What {@code ./bench ratelimit} runs in JVMs of its own: the rate limiters side by side, and what is done to them. */
@NullMarked
package dev.wellhead.benchmarks.ratelimit;

import org.jspecify.annotations.NullMarked;
