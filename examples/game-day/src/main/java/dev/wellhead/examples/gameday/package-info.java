/**
 * What {@code ./game-day} runs: three replicas of the prediction service, each a process of its own, a load that does not wait
 * for them, and a script that breaks what they stand on and reports what users saw of it.
 */
@NullMarked
package dev.wellhead.examples.gameday;

import org.jspecify.annotations.NullMarked;
