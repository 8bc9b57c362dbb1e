/** What {@code ./bench backup} runs in JVMs of its own: backups and restores, and SQLite's own ways beside a writer. */
@NullMarked
package dev.wellhead.benchmarks.backup;

import org.jspecify.annotations.NullMarked;
