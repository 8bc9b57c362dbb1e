package dev.wellhead.backup;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one kind of database is copied, and brought back. Thread-safe. */
interface Engine {
    /** Returns the kind, as manifests name it. */
    String kind();

    /**
     * Takes the right to be the only one in the fleet who makes a backup of this database.
     *
     * @throws BackupException saying by whom it is held
     */
    RunnerLock lock() throws SQLException;

    /** Writes all parts from one snapshot, and returns what the manifest is to say. */
    Manifest capture(String id, Instant createdAt, Storage.Draft draft, Progress progress)
            throws SQLException, IOException;

    /**
     * Restores into a scratch database or file, compares, and removes it. Returns what differs from the manifest.
     *
     * @throws BackupException if the attempt says nothing of the backup
     */
    List<String> drill(Manifest manifest, Progress progress) throws SQLException, IOException;

    /**
     * Restores into the target and compares. What differs, or the exception, has been undone as far as it could be;
     * {@link Outcome#remains()} says how far.
     */
    Outcome restore(Manifest manifest, RestoreTarget target, Progress progress) throws SQLException, IOException;

    /**
     * How a restore went.
     *
     * @param differences from the manifest; empty if there are none
     * @param remains what is left of a restore that differs, for people
     * @param kept where what was in the target's place lies now; null if nothing was there
     */
    record Outcome(
            List<String> differences,
            String remains,
            @Nullable String kept) {
        static final Outcome EQUAL = new Outcome(List.of(), "", null);

        static Outcome differing(List<String> differences, String remains) {
            return new Outcome(differences, remains, null);
        }

        static Outcome keeping(String kept) {
            return new Outcome(List.of(), "", kept);
        }
    }

    /** The right to be the only one. */
    interface RunnerLock extends AutoCloseable {
        /** Returns whether it was held all the time. */
        boolean isHeld();

        @Override
        void close() throws SQLException;
    }
}
