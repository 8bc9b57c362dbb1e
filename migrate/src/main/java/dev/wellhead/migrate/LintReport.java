package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.Json;
import dev.wellhead.migrate.internal.TextTable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What in migrations would stop or break an application in use. Immutable and thread-safe. */
public final class LintReport {
    private final List<Finding> findings;
    private final List<Finding> allowed;

    LintReport(List<Finding> findings, List<Finding> allowed) {
        this.findings = List.copyOf(findings);
        this.allowed = List.copyOf(allowed);
    }

    /** How bad a finding is, the worst first. */
    public enum Severity {
        /** Stops or breaks an application in use, or fails on a table with rows. */
        DANGER,
        /** May do so, by the size of the table or what the application does. */
        WARNING,
        /** Works, and is regretted later. */
        ADVICE
    }

    /**
     * A lock that a statement takes, and holds to the end of its transaction.
     *
     * @param table the table as the statement names it
     * @param mode PostgreSQL's name of the lock, as {@code ACCESS EXCLUSIVE}
     * @param blocks what waits meanwhile
     */
    public record Lock(String table, String mode, String blocks) {}

    /**
     * One thing that was found.
     *
     * @param rule the name of the rule, which a comment {@code -- wellhead:allow RULE reason} takes
     * @param severity how bad it is
     * @param version the version of the migration as its author wrote it
     * @param file where it stands
     * @param line the line of the file in which the statement starts, from 1
     * @param statement the statement
     * @param locks the locks that it takes on tables that were there before; empty on SQLite
     * @param why what is wrong, in a sentence
     * @param recipe SQL that gets there safely, with comments where a migration ends
     * @param allowed the reason for which a comment lets it pass; null if none does
     */
    public record Finding(
            String rule,
            Severity severity,
            String version,
            String file,
            int line,
            String statement,
            List<Lock> locks,
            String why,
            String recipe,
            @Nullable String allowed) {
        /** Copies the list. */
        public Finding {
            locks = List.copyOf(locks);
        }
    }

    /** Returns what was found, in the order of the statements, without what a comment allows. */
    public List<Finding> findings() {
        return findings;
    }

    /** Returns what was found and is at least this bad. */
    public List<Finding> findings(Severity atLeast) {
        return findings.stream()
                .filter(finding -> finding.severity.compareTo(atLeast) <= 0)
                .toList();
    }

    /** Returns what was found and is let pass by a comment, with its reason. */
    public List<Finding> allowed() {
        return allowed;
    }

    /** Returns whether nothing was found, what a comment allows aside. */
    public boolean isEmpty() {
        return findings.isEmpty();
    }

    /** Returns the findings as a table for people, and below it a safe recipe for each. */
    @Override
    public String toString() {
        if (findings.isEmpty()) {
            return "nothing found" + (allowed.isEmpty() ? "" : ", " + allowed.size() + " allowed");
        }
        TextTable table = new TextTable("severity", "rule", "file", "line", "locks", "why");
        StringBuilder recipes = new StringBuilder();
        for (Finding finding : findings) {
            String locks = finding.locks.stream()
                    .map(lock -> lock.table + " " + lock.mode)
                    .collect(Collectors.joining(", "));
            table.row(
                    finding.severity,
                    finding.rule,
                    finding.file,
                    finding.line,
                    locks.isEmpty() ? "-" : locks,
                    finding.why);
            recipes.append("\n\n")
                    .append(finding.file)
                    .append(", line ")
                    .append(finding.line)
                    .append(", ");
            recipes.append(finding.rule).append(", safe:\n  ").append(finding.recipe.replace("\n", "\n  "));
        }
        return table.toString() + recipes;
    }

    /** Returns the findings, those that a comment allows included, as JSON. */
    public String toJson() {
        return Json.write(Json.object(
                "findings",
                findings.stream().map(LintReport::json).toList(),
                "allowed",
                allowed.stream().map(LintReport::json).toList()));
    }

    private static Map<String, @Nullable Object> json(Finding finding) {
        return Json.object(
                "rule",
                finding.rule,
                "severity",
                finding.severity,
                "version",
                finding.version,
                "file",
                finding.file,
                "line",
                finding.line,
                "statement",
                finding.statement,
                "locks",
                finding.locks.stream()
                        .map(lock -> Json.object("table", lock.table, "mode", lock.mode, "blocks", lock.blocks))
                        .toList(),
                "why",
                finding.why,
                "recipe",
                finding.recipe,
                "allowed",
                finding.allowed);
    }
}
