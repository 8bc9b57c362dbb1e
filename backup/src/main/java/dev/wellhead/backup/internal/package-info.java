/** The format and the store of a backup, apart from any database: manifest, parts, directories, times. */
@NullMarked
package dev.wellhead.backup.internal;

import org.jspecify.annotations.NullMarked;
