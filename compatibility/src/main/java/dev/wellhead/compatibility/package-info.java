/** Tests only: what services put on top of a pool, unchanged, on ours. */
@NullMarked
package dev.wellhead.compatibility;

import org.jspecify.annotations.NullMarked;
