/** Labs on all of it at once. */
@NullMarked
package dev.wellhead.examples.labs.production;

import org.jspecify.annotations.NullMarked;
