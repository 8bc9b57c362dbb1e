/** What knows SQL scripts, versions and sums, and nothing of migrations. */
@NullMarked
package dev.wellhead.migrate.internal;

import org.jspecify.annotations.NullMarked;
