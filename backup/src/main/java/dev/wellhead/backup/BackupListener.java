package dev.wellhead.backup;

/**
 * Told what becomes of backups, in the thread that does the work and with no lock held. A method that throws is logged
 * and changes nothing. Must be thread-safe.
 */
public interface BackupListener {
    /**
     * A backup has reached a state.
     *
     * @param detail why, for {@link BackupInfo.State#SUSPECT} and {@link BackupInfo.State#FAILED}; else empty
     */
    default void moved(String id, BackupInfo.State state, String detail) {}

    /**
     * A backup, verification or restore has come a little further: told at most five times a second, and while tables are
     * copied or loaded from several threads.
     */
    default void progressed(BackupProgress progress) {}

    /** A backup was restored. */
    default void restored(RestoreReport report) {}

    /** Backups were pruned by this plan. */
    default void pruned(RetentionPlan plan) {}
}
