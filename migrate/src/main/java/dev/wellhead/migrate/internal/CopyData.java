package dev.wellhead.migrate.internal;

import java.io.IOException;
import java.io.Reader;

/**
 * The lines below a COPY ... FROM stdin, up to the line of {@code \.} or, as in psql, the end of the script. They pass
 * through; nothing of them is kept.
 */
final class CopyData extends Reader {
    private static final int CHUNK = 8192;

    private final ScriptWindow script;
    private boolean atLineStart = true;
    private boolean ended;

    CopyData(ScriptWindow script) {
        this.script = script;
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int copied = 0;
        try {
            while (copied < length && !endsHere()) {
                char c = script.current();
                script.advance();
                target[offset + copied++] = c;
                atLineStart = c == '\n';
            }
        } catch (ScriptException e) {
            throw new IOException("line " + e.line() + ": " + e.getMessage(), e);
        }
        return copied == 0 ? -1 : copied;
    }

    private boolean endsHere() throws ScriptException, IOException {
        if (!ended && atLineStart && script.current() == '\\' && script.ahead(1) == '.') {
            int behind = script.ahead(2) == '\r' ? 3 : 2;
            boolean lineEnds = script.ahead(behind) == '\n';
            if (lineEnds || isLast(behind)) {
                script.advance(lineEnds ? behind + 1 : behind);
                ended = true;
            }
        }
        ended |= script.atEnd();
        return ended;
    }

    // A NUL there is refused by whoever reads on.
    private boolean isLast(int behind) throws IOException {
        return script.ahead(behind) == ScriptWindow.END;
    }

    void skipRest() throws ScriptException, IOException {
        char[] chunk = new char[CHUNK];
        try {
            while (read(chunk, 0, chunk.length) >= 0) {
                // Passed over.
            }
        } catch (IOException e) {
            if (e.getCause() instanceof ScriptException refusal) {
                throw refusal;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        // The script goes on.
    }
}
