/** Nothing but tests: they hold the arrows between the modules, and what holds for the checkout as a whole. */
@NullMarked
package dev.wellhead.architecture;

import org.jspecify.annotations.NullMarked;
