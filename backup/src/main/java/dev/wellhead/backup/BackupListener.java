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

    /** A backup was restored. */
    default void restored(RestoreReport report) {}

    /** Backups were pruned by this plan. */
    default void pruned(RetentionPlan plan) {}
}
