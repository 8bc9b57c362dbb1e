package dev.wellhead.cli;

import dev.wellhead.core.Ticker;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What a run touches of the world around it, so that a test can give it another one.
 *
 * @param environment the environment variables
 * @param directory what relative paths are relative to
 * @param out where results go
 * @param err where messages and progress go
 * @param outIsTerminal whether a person sees {@code out} as it is written
 * @param errIsTerminal whether a person sees {@code err} as it is written
 * @param prompt how to ask for a password
 * @param clock the wall clock
 * @param ticker what measures durations
 */
record Surroundings(
        Map<String, String> environment,
        Path directory,
        PrintStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        PasswordPrompt prompt,
        Clock clock,
        Ticker ticker) {
    private static final int USUAL_COLUMNS = 100;
    private static final int FEWEST_COLUMNS = 40;

    /** Copies the environment. */
    Surroundings {
        environment = Map.copyOf(environment);
    }

    /** Returns whether results may be coloured: on a terminal that can, unless NO_COLOR is set. */
    boolean colours() {
        return outIsTerminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** Returns how wide the terminal is, as COLUMNS says. */
    int columns() {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("\\d{1,4}") ? Math.max(FEWEST_COLUMNS, Integer.parseInt(columns)) : USUAL_COLUMNS;
    }
}
