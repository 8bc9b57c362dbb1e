package dev.wellhead.backup.internal;

import java.io.IOException;

/** What was read is not what was written: the medium, or somebody, has changed it. Reading it again will not help. */
public final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong with which file. */
    public DamagedException(String message) {
        super(message);
    }

    /** Says what is wrong with which file, and how it showed. */
    public DamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
