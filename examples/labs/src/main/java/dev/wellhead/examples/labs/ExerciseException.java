package dev.wellhead.examples.labs;

/** An exercise that cannot be used as the learner left it; the message says what is wrong, where, and what to do. */
public final class ExerciseException extends Exception {
    private static final long serialVersionUID = 1;

    /** Makes one. */
    public ExerciseException(String message) {
        super(message);
    }

    /** Makes one with what brought it about. */
    public ExerciseException(String message, Throwable cause) {
        super(message, cause);
    }
}
