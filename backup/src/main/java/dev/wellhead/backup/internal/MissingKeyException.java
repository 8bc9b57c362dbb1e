package dev.wellhead.backup.internal;

import java.io.IOException;

/** What was read is encrypted with a key that is not at hand. Says nothing against it. */
public final class MissingKeyException extends IOException {
    private static final long serialVersionUID = 1L;

    MissingKeyException(String message) {
        super(message);
    }
}
