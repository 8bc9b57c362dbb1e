/** Labs on what a database does. */
@NullMarked
package dev.wellhead.examples.labs.basics;

import org.jspecify.annotations.NullMarked;
