package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.TextTable;
import java.util.List;

/** What was found wrong with a history, and what became of it. Immutable and thread-safe. */
public final class RepairReport {
    private final List<Repair> repairs;

    RepairReport(List<Repair> repairs) {
        this.repairs = List.copyOf(repairs);
    }

    /**
     * One thing that is wrong.
     *
     * @param version the version it is about
     * @param problem what is wrong
     * @param cure what mends it
     * @param automatic whether {@link MigrationHistory#repair()} does that
     */
    public record Repair(String version, String problem, String cure, boolean automatic) {}

    /** Returns all that was found, by version. */
    public List<Repair> repairs() {
        return repairs;
    }

    /** Returns the findings as a table for people. */
    @Override
    public String toString() {
        if (repairs.isEmpty()) {
            return "nothing to repair";
        }
        TextTable table = new TextTable("version", "problem", "cure", "by repair()");
        for (Repair repair : repairs) {
            table.row(repair.version(), repair.problem(), repair.cure(), repair.automatic() ? "yes" : "no");
        }
        return table.toString();
    }
}
