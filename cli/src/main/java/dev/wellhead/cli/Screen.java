package dev.wellhead.cli;

import dev.wellhead.core.Redaction;
import dev.wellhead.migrate.internal.Json;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Where a command writes: results to the output, as text or as JSON, and words about them to the error stream. */
final class Screen {
    private static final String RESET = "\u001b[0m";

    /** What colours mean. */
    enum Paint {
        /** Headings. */
        BOLD("\u001b[1m"),
        /** All is well. */
        GOOD("\u001b[32m"),
        /** Somebody should look. */
        WARN("\u001b[33m"),
        /** Something is wrong. */
        BAD("\u001b[31m");

        private final String code;

        Paint(String code) {
            this.code = code;
        }
    }

    private final Surroundings surroundings;
    private final boolean json;
    private final Runnable hideProgress;

    /** @param hideProgress takes away a line of progress, which would mix with what is written */
    Screen(Surroundings surroundings, boolean json, Runnable hideProgress) {
        this.surroundings = surroundings;
        this.json = json;
        this.hideProgress = hideProgress;
    }

    /** Returns whether results are to be JSON. */
    boolean isJson() {
        return json;
    }

    /** Starts a table, to be printed with {@link #print}. */
    Table table(String... heading) {
        return new Table(line -> paint(line, Paint.BOLD), heading);
    }

    /** Prints a table, unless results are to be JSON. */
    void print(Table table) {
        table.lines(surroundings.outIsTerminal() ? surroundings.columns() : 0).forEach(this::line);
    }

    /** Prints lines of text, unless results are to be JSON. */
    void line(String text) {
        if (!json) {
            hideProgress.run();
            surroundings.out().println(text);
        }
    }

    /** Prints a text behind its label, unless results are to be JSON; on a terminal in lines that fit, below each other. */
    void labelled(String label, String text, Paint... colour) {
        String head = colour.length == 0 ? label : paint(label, colour[0]);
        if (!surroundings.outIsTerminal()) {
            line(head + text);
            return;
        }
        int room = Math.max(1, surroundings.columns() - Columns.of(label));
        String before = head;
        for (String part : Columns.wrap(text, room)) {
            line(before + part);
            before = " ".repeat(Columns.of(label));
        }
    }

    /** Prints an object of these names and values, if results are to be JSON. */
    void json(@Nullable Object... namesAndValues) {
        if (json) {
            hideProgress.run();
            surroundings.out().println(Json.write(Json.object(namesAndValues)));
        }
    }

    /** Says something to a person, beside the results. */
    void note(String text) {
        hideProgress.run();
        surroundings.err().println("wellhead: " + text);
    }

    /** Returns the text in a colour, if the output is a terminal. */
    String paint(String text, Paint colour) {
        return surroundings.colours() ? colour.code + text + RESET : text;
    }

    /** Prints why a run has failed: for a person, and if results are to be JSON, as one of them. */
    static void failure(Surroundings surroundings, boolean json, String code, String message, int exit) {
        PrintStream err = surroundings.err();
        err.println("wellhead: " + safe(message) + " [" + code + "]");
        if (json) {
            surroundings
                    .out()
                    .println(Json.write(
                            Json.object("error", Json.object("code", code, "message", safe(message), "exit", exit))));
        }
    }

    // Lines stay lines: some messages show a statement or a list.
    private static String safe(String message) {
        return message.lines()
                .map(Redaction::printable)
                .reduce((a, b) -> a + "\n" + b)
                .orElse("");
    }
}
