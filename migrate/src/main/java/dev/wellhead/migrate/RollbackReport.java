package dev.wellhead.migrate;

import dev.wellhead.migrate.SchemaSnapshot.Difference;
import dev.wellhead.migrate.internal.Json;
import dev.wellhead.migrate.internal.TextTable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which migrations can be taken back, as tried out one by one. Immutable and thread-safe. */
public final class RollbackReport {
    private final List<Step> steps;

    RollbackReport(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    /** What a trial of up, down and up again has shown. */
    public enum Verdict {
        /** The schema after down is that before up, and the one after the second up is that after the first. */
        REVERSIBLE(false),
        /** As {@link #REVERSIBLE}, but columns of a table are in another order after. */
        COLUMN_ORDER(false),
        /** As {@link #REVERSIBLE}, but rows that were there before up are not the same after down, or others are there. */
        ROWS_DIFFER(false),
        /** A repeatable migration, which nothing takes back; its second run leaves the schema as the first did. */
        REPEATABLE(false),
        /** There is no down SQL, or nothing but comments in it. */
        IRREVERSIBLE(false),
        /** Not tried: up or down reaches beyond its database, as to roles or files. */
        NOT_TRIED(false),
        /** The schema after down is not that before up. */
        DIFFERENT(true),
        /** The second up makes another schema than the first, though the one after down is right, if there is a down. */
        UP_AGAIN_DIFFERENT(true),
        /** A statement of the down SQL failed. */
        DOWN_FAILED(true),
        /** A statement of the second up failed, though the schema after down is right, if there is a down. */
        UP_AGAIN_FAILED(true),
        /** A statement of the up SQL failed at the first time, so neither this one nor a later one can be tried. */
        UP_FAILED(true),
        /** Comes behind one that failed at the first time. */
        NOT_REACHED(true);

        private final boolean problem;

        Verdict(boolean problem) {
            this.problem = problem;
        }

        /** Returns whether something is wrong, and not merely missing or untried. */
        public boolean isProblem() {
            return problem;
        }
    }

    /**
     * A statement that failed in a trial, or that must not be tried.
     *
     * @param file where it stands
     * @param line the line of that file in which it starts, from 1
     * @param statement its first words
     * @param message the driver's words, or why it was not run
     */
    public record Failure(String file, int line, String statement, String message) {}

    /**
     * One migration.
     *
     * @param version the version as its author wrote it
     * @param description what it is about
     * @param file where its down SQL comes from, or the up SQL if it has none
     * @param verdict what was seen
     * @param differences how the schema differs that should be the same: {@code before} is how it ought to be, {@code
     *     after} how it is
     * @param failure the statement that failed or was not run, null if there is none
     */
    public record Step(
            String version,
            String description,
            String file,
            Verdict verdict,
            List<Difference> differences,
            @Nullable Failure failure) {
        /** Copies the list. */
        public Step {
            differences = List.copyOf(differences);
        }
    }

    /** Returns all migrations of the source, by version. */
    public List<Step> steps() {
        return steps;
    }

    /** Returns the migrations with which something is wrong. */
    public List<Step> problems() {
        return steps.stream().filter(step -> step.verdict.isProblem()).toList();
    }

    /** Returns whether every version can be taken back, the order of columns aside, and what is repeatable be repeated. */
    public boolean isReversible() {
        return steps.stream()
                .allMatch(step -> step.verdict == Verdict.REVERSIBLE
                        || step.verdict == Verdict.COLUMN_ORDER
                        || step.verdict == Verdict.REPEATABLE);
    }

    /** Returns the trials as a table for people, with a line for each difference. */
    @Override
    public String toString() {
        if (steps.isEmpty()) {
            return "no migrations";
        }
        TextTable table = new TextTable("version", "file", "verdict", "detail", "ought to be", "is");
        for (Step step : steps) {
            Failure failure = step.failure;
            if (failure != null || step.differences.isEmpty()) {
                String detail = failure == null
                        ? "-"
                        : failure.file + ", line " + failure.line + ": " + failure.statement + ": " + failure.message;
                table.row(step.version, step.file, step.verdict, detail, "-", "-");
            }
            for (Difference difference : step.differences) {
                table.row(
                        step.version,
                        step.file,
                        step.verdict,
                        difference.change() + " " + difference.kind() + " " + difference.name(),
                        SchemaDifferences.shortened(difference.before()),
                        SchemaDifferences.shortened(difference.after()));
            }
        }
        return table.toString();
    }

    /** Returns the trials as JSON. */
    public String toJson() {
        return Json.write(Json.object(
                "reversible",
                isReversible(),
                "steps",
                steps.stream().map(RollbackReport::json).toList()));
    }

    private static Map<String, @Nullable Object> json(Step step) {
        Failure failure = step.failure;
        return Json.object(
                "version",
                step.version,
                "description",
                step.description,
                "file",
                step.file,
                "verdict",
                step.verdict,
                "differences",
                step.differences.stream().map(Difference::json).toList(),
                "failure",
                failure == null
                        ? null
                        : Json.object(
                                "file",
                                failure.file,
                                "line",
                                failure.line,
                                "statement",
                                failure.statement,
                                "message",
                                failure.message));
    }
}
