package dev.wellhead.migrate.internal;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;

/**
 * A script that is read through a buffer: one place in it, what lies ahead as far as it was asked for, and what lies
 * behind as far back as the statement that is being read. Memory is that of the longest statement. Places are counted in
 * characters from the start of the script.
 */
final class ScriptWindow {
    static final char END = '\0';

    private static final int CHUNK = 8192;
    private static final int SHRUNK_ABOVE = 16 * CHUNK;

    private final Reader source;
    private char[] buffer = new char[CHUNK];
    // Place of buffer[0], and how many characters of the buffer are filled.
    private int base;
    private int filled;
    private boolean exhausted;
    private int at;
    private int line = 1;
    private int lineStart;
    private int keptFrom = -1;

    ScriptWindow(Reader source) {
        this.source = source;
    }

    int at() {
        return at;
    }

    /** Returns the line of the place, from 1. */
    int line() {
        return line;
    }

    /** Returns the place in its line, from 1. */
    int column() {
        return at - lineStart + 1;
    }

    /** Lets the line begin here, behind a byte order mark. */
    void startLine() {
        lineStart = at;
    }

    boolean atEnd() throws IOException {
        return !has(0);
    }

    /** Returns the character so far ahead, {@link #END} behind the last one. */
    char ahead(int offset) throws IOException {
        return has(offset) ? buffer[at - base + offset] : END;
    }

    char current() throws IOException {
        int index = at - base;
        return index < filled ? buffer[index] : ahead(0);
    }

    private boolean has(int offset) throws IOException {
        while (at - base + offset >= filled) {
            if (exhausted) {
                return false;
            }
            fill();
        }
        return true;
    }

    private void fill() throws IOException {
        if (filled == buffer.length) {
            int unused = (keptFrom < 0 ? at : keptFrom) - base;
            if (unused > 0) {
                System.arraycopy(buffer, unused, buffer, 0, filled - unused);
                base = Math.addExact(base, unused);
                filled -= unused;
            } else {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
        }
        int read = source.read(buffer, filled, Math.min(CHUNK, buffer.length - filled));
        exhausted = read < 0;
        filled += Math.max(read, 0);
    }

    /** Keeps what comes from here on until {@link #forget()}. */
    void keep() {
        keptFrom = at;
    }

    void forget() {
        keptFrom = -1;
        int ahead = filled - (at - base);
        if (buffer.length > SHRUNK_ABOVE && ahead <= CHUNK) {
            // One long statement must not make the buffer of all others long.
            buffer = Arrays.copyOfRange(buffer, at - base, at - base + CHUNK);
            base = at;
            filled = ahead;
        }
    }

    /** Returns the kept characters between two places. */
    String text(int from, int to) {
        return new String(buffer, from - base, to - from);
    }

    /** Goes on by one character, counting lines. Every character is passed here exactly once. */
    void advance() throws ScriptException, IOException {
        char c = current();
        if (c == END) {
            if (atEnd()) {
                return;
            }
            throw new ScriptException(line, "a NUL character, which no SQL text can hold");
        }
        at++;
        if (c == '\n' || (c == '\r' && current() != '\n')) {
            line++;
            lineStart = at;
        }
    }

    void advance(int count) throws ScriptException, IOException {
        for (int i = 0; i < count; i++) {
            advance();
        }
    }
}
