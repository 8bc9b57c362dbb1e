/** Labs on what to do when it goes wrong. */
@NullMarked
package dev.wellhead.examples.labs.debugging;

import org.jspecify.annotations.NullMarked;
