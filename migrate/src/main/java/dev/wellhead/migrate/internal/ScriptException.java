package dev.wellhead.migrate.internal;

/** A script that cannot be split into statements, and where. */
public final class ScriptException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    ScriptException(int line, String message) {
        this(line, 0, message);
    }

    ScriptException(int line, int column, String message) {
        super(message);
        this.line = line;
        this.column = column;
    }

    /** Returns the line of the trouble, from 1. */
    public int line() {
        return line;
    }

    /** Returns whether it is about a placeholder. */
    public boolean isPlaceholder() {
        return column > 0;
    }

    /** Returns where and what it is, in one line. */
    public String words() {
        return "line " + line + (column > 0 ? ", column " + column : "") + ": " + getMessage();
    }
}
