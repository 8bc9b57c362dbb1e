package dev.wellhead.backup;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a restore has brought back: always everything, equal to the backup's snapshot. An immutable value. */
public final class RestoreReport {
    private final String id;
    private final RestoreTarget target;
    private final int tables;
    private final long rows;
    private final @Nullable String kept;
    private final Duration duration;

    RestoreReport(BackupInfo backup, RestoreTarget target, @Nullable String kept, Duration duration) {
        this.id = backup.id();
        this.target = target;
        this.tables = backup.tables();
        this.rows = backup.rows();
        this.kept = kept;
        this.duration = duration;
    }

    /** Returns the backup's id. */
    public String id() {
        return id;
    }

    /** Returns where it was restored to. */
    public RestoreTarget target() {
        return target;
    }

    /** Returns how many tables were restored. */
    public int tables() {
        return tables;
    }

    /** Returns how many rows were restored. */
    public long rows() {
        return rows;
    }

    /**
     * Returns where what was in the target's place lies now, until somebody removes it: the name of a database, or the path of a
     * file. Empty unless the target is one that replaces.
     */
    public Optional<String> kept() {
        return Optional.ofNullable(kept);
    }

    /** Returns how long it took. */
    public Duration duration() {
        return duration;
    }

    @Override
    public String toString() {
        return "backup " + id + " restored to " + target + ": " + tables + " tables, " + rows + " rows"
                + (kept == null ? "" : "; what was there is kept as " + kept);
    }
}
