package dev.wellhead.backup;

import java.time.Duration;

/** What a restore has brought back: always everything, equal to the backup's snapshot. An immutable value. */
public final class RestoreReport {
    private final String id;
    private final RestoreTarget target;
    private final int tables;
    private final long rows;
    private final Duration duration;

    RestoreReport(BackupInfo backup, RestoreTarget target, Duration duration) {
        this.id = backup.id();
        this.target = target;
        this.tables = backup.tables();
        this.rows = backup.rows();
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

    /** Returns how long it took. */
    public Duration duration() {
        return duration;
    }

    @Override
    public String toString() {
        return "backup " + id + " restored to " + target + ": " + tables + " tables, " + rows + " rows";
    }
}
