package dev.wellhead.backup.internal;

import org.jspecify.annotations.Nullable;

/** The secret keys that files are encrypted with, by name. */
public interface Keys {
    /** Returns the name of the one for new files. */
    String active();

    /** Returns the key of this name; null if there is none. Not to be changed. */
    byte @Nullable [] key(String name);
}
