/** Rules about statements that hurt a database in use, and how they read statements. */
@NullMarked
package dev.wellhead.migrate.internal.lint;

import org.jspecify.annotations.NullMarked;
