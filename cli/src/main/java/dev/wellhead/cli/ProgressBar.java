package dev.wellhead.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One line on the error stream that says how far a command has come; nothing at all where that is no terminal, so that logs hold
 * no control characters. Thread-safe.
 */
final class ProgressBar implements AutoCloseable {
    private static final String ERASE = "\r\u001b[K";
    private static final int BAR = 20;

    private final Surroundings surroundings;
    private final boolean shown;
    private final ReentrantLock drawing = new ReentrantLock();
    // Guarded by drawing.
    private boolean dirty;

    ProgressBar(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.shown = surroundings.errIsTerminal()
                && !surroundings.environment().getOrDefault("TERM", "").equals("dumb");
    }

    /** Shows a line without a bar, for what nobody can measure. */
    void show(String text) {
        draw(text);
    }

    /**
     * Shows how much of something has passed.
     *
     * @param what what is being done
     * @param bytes how many bytes have passed
     * @param expected how many it will be about
     * @param rate bytes a second
     * @param left how long the rest will take; empty while nobody can tell
     * @param object what is being worked on
     */
    void show(String what, long bytes, long expected, double rate, Optional<Duration> left, String object) {
        // More than was expected comes where the size was a guess.
        double share = expected <= 0 ? 0 : Math.min(1, (double) bytes / expected);
        int full = (int) (share * BAR);
        String line = String.format(
                Locale.ROOT,
                "%-10s [%s%s] %3d %%  %s of about %s  %s/s%s  %s",
                what,
                "#".repeat(full),
                ".".repeat(BAR - full),
                (int) (share * 100),
                ByteSize.text(bytes),
                ByteSize.text(Math.max(bytes, expected)),
                ByteSize.text((long) rate),
                left.map(time -> "  " + Durations.text(time) + " left").orElse(""),
                object);
        draw(line);
    }

    private void draw(String line) {
        if (!shown) {
            return;
        }
        drawing.lock();
        try {
            dirty = true;
            surroundings.err().print(ERASE + Columns.cut(line, surroundings.columns() - 1));
            surroundings.err().flush();
        } finally {
            drawing.unlock();
        }
    }

    /** Takes the line away, until there is something to show again. Idempotent. */
    @Override
    public void close() {
        drawing.lock();
        try {
            if (dirty) {
                dirty = false;
                surroundings.err().print(ERASE);
                surroundings.err().flush();
            }
        } finally {
            drawing.unlock();
        }
    }
}
