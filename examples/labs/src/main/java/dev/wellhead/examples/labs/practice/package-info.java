/** Labs on what a service needs of its databases. */
@NullMarked
package dev.wellhead.examples.labs.practice;

import org.jspecify.annotations.NullMarked;
