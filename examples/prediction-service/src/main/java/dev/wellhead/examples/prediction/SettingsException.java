package dev.wellhead.examples.prediction;

/** A setting that the person who started the service must change; the message says which, and how. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Takes one line for that person, free of secrets. */
    public SettingsException(String message) {
        super(message);
    }

    /** Takes one line for that person, free of secrets, and what led to it. */
    public SettingsException(String message, Throwable cause) {
        super(message, cause);
    }
}
