/** What {@code ./bench migrate} runs in JVMs of its own: migrators side by side on the same files and servers. */
@NullMarked
package dev.wellhead.benchmarks.migrate;

import org.jspecify.annotations.NullMarked;
