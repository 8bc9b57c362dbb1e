package dev.wellhead.migrate.internal;

/** A script that cannot be split into statements, and where. */
public final class ScriptException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;

    ScriptException(int line, String message) {
        super(message);
        this.line = line;
    }

    /** Returns the line of the trouble, from 1. */
    public int line() {
        return line;
    }
}
