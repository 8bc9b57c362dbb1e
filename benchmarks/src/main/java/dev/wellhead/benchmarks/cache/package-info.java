/** What {@code ./bench cache} runs in JVMs of its own: the caches side by side, and what is done to them. */
@NullMarked
package dev.wellhead.benchmarks.cache;

import org.jspecify.annotations.NullMarked;
