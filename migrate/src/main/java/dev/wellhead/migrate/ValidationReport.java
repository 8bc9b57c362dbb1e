package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.Json;
import dev.wellhead.migrate.internal.TextTable;
import java.util.List;
import java.util.Objects;

/** How the files and the history of a database agree. Immutable and thread-safe. */
public final class ValidationReport {
    private final List<Finding> findings;

    ValidationReport(List<Finding> findings) {
        this.findings = List.copyOf(findings);
    }

    /** What can be wrong with a migration. */
    public enum Kind {
        /** Its SQL was changed after it was applied. */
        CHANGED(true),
        /** It is applied, but the source does not have it. */
        MISSING(true),
        /** It is not applied, though a later one is. */
        OUT_OF_ORDER(true),
        /** The SQL that takes it back was changed, added or removed after it was applied. Runs are not refused for it. */
        DOWN_CHANGED(false),
        /** It was begun and did not reach its end. The next run goes on with it. */
        UNFINISHED(false);

        private final boolean blocking;

        Kind(boolean blocking) {
            this.blocking = blocking;
        }

        /** Returns whether {@link Migrator#migrate()} refuses to run because of it. */
        public boolean isBlocking() {
            return blocking;
        }
    }

    /**
     * One thing that is wrong.
     *
     * @param kind what is wrong
     * @param version the version it is about
     * @param file the file it is about, or the version if there is none
     * @param detail one line for a person: what was found and what to do
     */
    public record Finding(Kind kind, String version, String file, String detail) {
        /** Checks that nothing is null. */
        public Finding {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(detail, "detail");
        }
    }

    /** Returns all that was found, by version. */
    public List<Finding> findings() {
        return findings;
    }

    /** Returns whether {@link Migrator#migrate()} would run: nothing blocking was found. */
    public boolean isValid() {
        return findings.stream().noneMatch(finding -> finding.kind().isBlocking());
    }

    /** Returns the findings as a table for people. */
    @Override
    public String toString() {
        if (findings.isEmpty()) {
            return "nothing found: files and history agree";
        }
        TextTable table = new TextTable("finding", "version", "file", "detail");
        for (Finding finding : findings) {
            table.row(finding.kind(), finding.version(), finding.file(), finding.detail());
        }
        return table.toString();
    }

    /** Returns the findings as JSON. */
    public String toJson() {
        return Json.write(Json.object(
                "valid",
                isValid(),
                "findings",
                findings.stream()
                        .map(finding -> Json.object(
                                "kind",
                                finding.kind(),
                                "blocking",
                                finding.kind().isBlocking(),
                                "version",
                                finding.version(),
                                "file",
                                finding.file(),
                                "detail",
                                finding.detail()))
                        .toList()));
    }
}
