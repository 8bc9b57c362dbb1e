package dev.wellhead.examples.demo;

import dev.wellhead.examples.prediction.Messages;

/** Turns what went wrong outside of our code into one line that says what to do. */
final class Mistakes {
    private Mistakes() {}

    static String explain(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains("No space left on device")) {
                return "the disk is full; free some 300 MB, or set WELLHEAD_DEMO_DIR to a folder with more room";
            }
        }
        return Messages.firstLine(error) + "; set WELLHEAD_DEMO_TRACE=1 to see where";
    }
}
