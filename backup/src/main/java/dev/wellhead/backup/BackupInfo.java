package dev.wellhead.backup;

import dev.wellhead.backup.internal.BackupIds;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Verdict;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of one backup without reading it. An immutable value. */
public final class BackupInfo {
    /** How far a backup has come. RUNNING leads to COMPLETE or FAILED, COMPLETE to VERIFIED or SUSPECT and back. */
    public enum State {
        /** Being written. Told to listeners; never listed. */
        RUNNING,
        /** Written whole, but nobody has restored it yet. */
        COMPLETE,
        /** Was restored, and equal to the snapshot it came from. */
        VERIFIED,
        /** Is damaged, or was restored and was not equal. {@link BackupInfo#detail()} says how. */
        SUSPECT,
        /** Was not finished and left nothing behind. Told to listeners; never listed. */
        FAILED
    }

    record Content(String database, long bytes, int tables, long rows) {
        static final Content UNKNOWN = new Content("", 0, 0, 0);
    }

    private final String id;
    private final State state;
    private final Instant createdAt;
    private final Content content;
    private final String detail;
    private final @Nullable Instant checkedAt;

    BackupInfo(String id, State state, Instant createdAt, Content content, String detail, @Nullable Instant checkedAt) {
        this.id = id;
        this.state = state;
        this.createdAt = createdAt;
        this.content = content;
        this.detail = detail;
        this.checkedAt = checkedAt;
    }

    static BackupInfo of(Manifest manifest, @Nullable Verdict verdict) {
        Content content = new Content(
                manifest.database(), manifest.bytes(), manifest.tables().size(), manifest.rows());
        return verdict == null
                ? new BackupInfo(manifest.id(), State.COMPLETE, manifest.createdAt(), content, "", null)
                : new BackupInfo(
                        manifest.id(),
                        verdict.good() ? State.VERIFIED : State.SUSPECT,
                        manifest.createdAt(),
                        content,
                        verdict.detail(),
                        verdict.at());
    }

    static BackupInfo damaged(String id, String detail) {
        return new BackupInfo(id, State.SUSPECT, BackupIds.time(id), Content.UNKNOWN, detail, null);
    }

    /** Returns the id; ids of one store sort in the order in which the backups were made. */
    public String id() {
        return id;
    }

    /** Returns how far it has come. */
    public State state() {
        return state;
    }

    /** Returns when it was begun, by the wall clock of the machine that made it. */
    public Instant createdAt() {
        return createdAt;
    }

    /** Returns the name of the database; empty if the manifest cannot be read. */
    public String database() {
        return content.database();
    }

    /** Returns how many bytes its data takes in the store; 0 if the manifest cannot be read. */
    public long bytes() {
        return content.bytes();
    }

    /** Returns how many tables it holds; 0 if the manifest cannot be read. */
    public int tables() {
        return content.tables();
    }

    /** Returns how many rows it holds; 0 if the manifest cannot be read. */
    public long rows() {
        return content.rows();
    }

    /** Returns why it is {@link State#SUSPECT}; empty in any other state. */
    public String detail() {
        return detail;
    }

    /** Returns when it was last verified, with whatever outcome; empty if it never was. */
    public Optional<Instant> checkedAt() {
        return Optional.ofNullable(checkedAt);
    }

    @Override
    public String toString() {
        return "backup " + id + " " + state + (detail.isEmpty() ? "" : " (" + detail + ")");
    }
}
