package dev.wellhead.examples.prediction;

import dev.wellhead.core.Redaction;

/** Makes of an exception what fits into one line for a person. */
public final class Messages {
    private Messages() {}

    /** Returns the first line of the message, or the type if there is none; free of control characters. */
    public static String firstLine(Throwable error) {
        String message = error.getMessage();
        if (message == null || message.isBlank()) {
            return error.getClass().getSimpleName();
        }
        return Redaction.printable(message.lines().findFirst().orElse("").strip());
    }
}
