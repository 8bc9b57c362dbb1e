/** What {@code wellhead doctor} looks at: addresses, drivers, pools, PostgreSQL, SQLite and Redis. */
@NullMarked
package dev.wellhead.cli.doctor;

import org.jspecify.annotations.NullMarked;
