/** What {@code ./demo} runs: real servers, the prediction service on them, and a script that proves it works. */
@NullMarked
package dev.wellhead.examples.demo;

import org.jspecify.annotations.NullMarked;
