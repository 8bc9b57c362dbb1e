/** What Wellhead's own modules share and no host should use. */
@NullMarked
package dev.wellhead.core.internal;

import org.jspecify.annotations.NullMarked;
