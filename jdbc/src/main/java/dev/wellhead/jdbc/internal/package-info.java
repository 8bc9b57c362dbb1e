/** What pool, migrate and backup share and no host should use. */
@NullMarked
package dev.wellhead.jdbc.internal;

import org.jspecify.annotations.NullMarked;
