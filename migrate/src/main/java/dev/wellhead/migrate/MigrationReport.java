package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.Json;
import dev.wellhead.migrate.internal.TextTable;
import java.time.Duration;
import java.util.List;

/** What a run did. Everything in it is committed. Immutable and thread-safe. */
public final class MigrationReport {
    private final List<Step> steps;

    MigrationReport(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    /** Which way a migration went. */
    public enum Direction {
        /** Its up SQL ran, and its row came into the history. */
        APPLIED,
        /** Its down SQL ran, and its row left the history. */
        ROLLED_BACK
    }

    /**
     * One migration that was committed.
     *
     * @param version the version as its author wrote it
     * @param description what it is about
     * @param direction which way it went
     * @param statements how many statements ran
     * @param duration from its first statement to behind its commit, without attempts that had to give way
     * @param attempts how many attempts it took, 1 if it never had to give way to others
     */
    public record Step(
            String version, String description, Direction direction, int statements, Duration duration, int attempts) {}

    /** Returns the migrations that this run committed, in the order in which it did; not those of other processes. */
    public List<Step> steps() {
        return steps;
    }

    /** Returns whether there was nothing to do. */
    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /** Returns the migrations as a table for people. */
    @Override
    public String toString() {
        if (steps.isEmpty()) {
            return "nothing to do";
        }
        TextTable table = new TextTable("version", "description", "done", "statements", "ms", "attempts");
        for (Step step : steps) {
            table.row(
                    step.version(),
                    step.description(),
                    step.direction(),
                    step.statements(),
                    step.duration().toMillis(),
                    step.attempts());
        }
        return table.toString();
    }

    /** Returns the migrations as JSON, durations in milliseconds. */
    public String toJson() {
        return Json.write(Json.object(
                "steps",
                steps.stream()
                        .map(step -> Json.object(
                                "version",
                                step.version(),
                                "description",
                                step.description(),
                                "direction",
                                step.direction(),
                                "statements",
                                step.statements(),
                                "durationMs",
                                step.duration().toMillis(),
                                "attempts",
                                step.attempts()))
                        .toList()));
    }
}
