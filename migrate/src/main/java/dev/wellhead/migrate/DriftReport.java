package dev.wellhead.migrate;

import dev.wellhead.migrate.SchemaSnapshot.Difference;
import dev.wellhead.migrate.internal.Json;
import java.time.Instant;
import java.util.List;

/** How a schema differs from what the last run left: what was changed by hand. Immutable and thread-safe. */
public final class DriftReport {
    private final Instant storedAt;
    private final String storedServer;
    private final String server;
    private final boolean outdated;
    private final List<Difference> differences;

    DriftReport(Instant storedAt, String storedServer, String server, boolean outdated, List<Difference> differences) {
        this.storedAt = storedAt;
        this.storedServer = storedServer;
        this.server = server;
        this.outdated = outdated;
        this.differences = List.copyOf(differences);
    }

    /** Returns when the schema was stored with which it is compared, by the clock of the host that ran. */
    public Instant storedAt() {
        return storedAt;
    }

    /**
     * Returns whether the server is of another release than the one that printed the stored schema, so that a difference
     * may be one of words.
     */
    public boolean isOtherRelease() {
        return !storedServer.equals(server);
    }

    /**
     * Returns whether migrations were applied or taken back since by a run that stored no schema, so that a difference may
     * be their doing.
     */
    public boolean isOutdated() {
        return outdated;
    }

    /** Returns what differs, {@code before} being what the last run left and {@code after} what there is now. */
    public List<Difference> differences() {
        return differences;
    }

    /** Returns whether nothing differs. */
    public boolean isEmpty() {
        return differences.isEmpty();
    }

    /** Returns the differences as a table for people. */
    @Override
    public String toString() {
        if (differences.isEmpty()) {
            return "no drift since " + storedAt;
        }
        String title = "changed since " + storedAt
                + (outdated ? " (migrations ran since that stored no schema: differences may be theirs)" : "")
                + (isOtherRelease()
                        ? " (stored by " + storedServer + ", now " + server + ": differences may be of words only)"
                        : "");
        return title + "\n" + SchemaDifferences.table(differences);
    }

    /** Returns the report as JSON. */
    public String toJson() {
        return Json.write(Json.object(
                "storedAt",
                storedAt,
                "storedServer",
                storedServer,
                "server",
                server,
                "outdated",
                outdated,
                "differences",
                differences.stream().map(Difference::json).toList()));
    }
}
