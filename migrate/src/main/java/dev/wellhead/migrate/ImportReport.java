package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.Json;
import dev.wellhead.migrate.internal.TextTable;
import java.util.List;

/** What was taken over from the history of another tool; all of it is committed. Immutable and thread-safe. */
public final class ImportReport {
    private final ForeignHistory tool;
    private final Outcome outcome;
    private final List<String> versions;
    private final List<String> notes;

    ImportReport(ForeignHistory tool, Outcome outcome, List<String> versions, List<String> notes) {
        this.tool = tool;
        this.outcome = outcome;
        this.versions = List.copyOf(versions);
        this.notes = List.copyOf(notes);
    }

    /** How an import ended. */
    public enum Outcome {
        /** This call took the history over. */
        IMPORTED,
        /** An earlier call, or another process, had done it. */
        ALREADY_IMPORTED,
        /** There is no history of this tool: a new database, as a rule. */
        NOTHING_TO_IMPORT
    }

    /** Returns the tool whose history it was. */
    public ForeignHistory tool() {
        return tool;
    }

    /** Returns how it ended. */
    public Outcome outcome() {
        return outcome;
    }

    /** Returns the versions that this call recorded as applied, oldest first. */
    public List<String> versions() {
        return versions;
    }

    /** Returns, for people, what was left behind and why, and what was renamed. */
    public List<String> notes() {
        return notes;
    }

    /** Returns versions and notes as a table for people. */
    @Override
    public String toString() {
        if (outcome != Outcome.IMPORTED) {
            return outcome == Outcome.ALREADY_IMPORTED ? "imported before" : "no history of " + tool.title;
        }
        TextTable table = new TextTable("what", "of " + tool.title);
        versions.forEach(version -> table.row("applied", version));
        notes.forEach(note -> table.row("note", note));
        return table.toString();
    }

    /** Returns the report as JSON. */
    public String toJson() {
        return Json.write(
                Json.object("tool", tool.name(), "outcome", outcome.name(), "versions", versions, "notes", notes));
    }
}
