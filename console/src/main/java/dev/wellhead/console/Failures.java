package dev.wellhead.console;

import dev.wellhead.core.Coded;
import dev.wellhead.core.Redaction;
import java.sql.SQLException;

/** What the page says of an exception. All methods are pure. */
final class Failures {
    private Failures() {}

    /** A failure whose message is made for the page. */
    static final class Told extends Exception {
        private static final long serialVersionUID = 1L;

        Told(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Returns the words of our own exceptions, which hold no secret, with their code. Of others the class and SQLState alone:
     * nobody knows what a driver or a host writes into its messages.
     */
    static String say(Throwable failure) {
        if (failure instanceof Coded coded && failure.getMessage() != null) {
            return coded.code() + ": " + Redaction.url(failure.getMessage());
        }
        if (failure instanceof Told told && told.getMessage() != null) {
            return told.getMessage();
        }
        String state = failure instanceof SQLException sql && sql.getSQLState() != null
                ? ", SQLState " + sql.getSQLState()
                : "";
        return failure.getClass().getSimpleName() + state;
    }
}
