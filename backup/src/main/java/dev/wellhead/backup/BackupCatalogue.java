package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.BackupInfo.State;
import dev.wellhead.backup.internal.DamagedException;
import dev.wellhead.backup.internal.Digests;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.MissingKeyException;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.backup.internal.Verdict;
import dev.wellhead.core.Redaction;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which backups a store has, and how good each is. The store's manifests are the only memory: nothing is cached. Thread-safe. */
final class BackupCatalogue {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    private final Storage storage;
    private final String words;

    /** @param words what the store is called in messages */
    BackupCatalogue(Storage storage, String words) {
        this.storage = storage;
        this.words = words;
    }

    /** Returns the ids of all backups, oldest first. */
    List<String> ids() {
        try {
            return storage.ids();
        } catch (IOException e) {
            throw failed("listing", e);
        }
    }

    /** Returns all backups, newest first. */
    List<BackupInfo> list() {
        List<BackupInfo> backups = new ArrayList<>();
        try {
            for (String id : storage.ids()) {
                try {
                    backups.add(info(id));
                } catch (NoSuchFileException e) {
                    LOG.debug("backup {} was deleted while it was listed", id, e);
                }
            }
        } catch (IOException e) {
            throw failed("listing", e);
        }
        Collections.reverse(backups);
        return List.copyOf(backups);
    }

    private BackupInfo info(String id) throws IOException {
        byte[] content;
        Manifest manifest;
        try {
            content = storage.read(id, Manifest.FILE, Manifest.MAX_BYTES);
            manifest = Manifest.of(id, content);
        } catch (DamagedException e) {
            return BackupInfo.damaged(id, BackupException.say(e));
        }
        return BackupInfo.of(manifest, verdict(id, content));
    }

    private @Nullable Verdict verdict(String id, byte[] manifest) throws IOException {
        try {
            Verdict verdict = Verdict.of(storage.read(id, Verdict.FILE, Verdict.MAX_BYTES));
            // One that belongs to other content says nothing of this.
            return verdict.manifestSha256().equals(Digests.hex(manifest)) ? verdict : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (DamagedException | MissingKeyException e) {
            // A damaged one may name any key; that of the backup itself is at hand.
            LOG.warn("backup {}: its verdict is damaged, so it counts as not verified; verify it again", id, e);
            return null;
        }
    }

    /** Returns what a backup says of itself. */
    Manifest manifest(String id) throws IOException {
        return Manifest.of(id, storage.read(id, Manifest.FILE, Manifest.MAX_BYTES));
    }

    /** Keeps the outcome of a verification beside the manifest; no detail means that the backup is good. */
    void record(String id, Instant at, String detail) {
        try {
            byte[] manifest = storage.read(id, Manifest.FILE, Manifest.MAX_BYTES);
            Verdict verdict = new Verdict(detail.isEmpty(), at, detail, Digests.hex(manifest));
            storage.annotate(id, Verdict.FILE, verdict.toBytes());
        } catch (DamagedException e) {
            // A manifest that cannot be read at all makes the backup suspect by itself.
            LOG.debug("no verdict kept for backup {}", id, e);
        } catch (IOException e) {
            throw failed("keeping the outcome for " + id, e);
        }
    }

    /** Deletes these, in this order, and counts those that were there. */
    void delete(List<BackupInfo> backups, AtomicInteger deleted) {
        try {
            for (BackupInfo backup : backups) {
                try {
                    storage.delete(backup.id());
                    deleted.incrementAndGet();
                } catch (NoSuchFileException e) {
                    LOG.debug("backup {} was deleted by somebody else", backup.id(), e);
                }
            }
        } catch (IOException e) {
            throw failed("pruning, after " + deleted + " of " + backups.size() + " deletions,", e);
        }
    }

    void requireExisting(String id) {
        if (!ids().contains(id)) {
            throw new BackupException(
                    Kind.UNKNOWN_ID,
                    "store " + words + " has no backup '" + Redaction.printable(id)
                            + "'; list() gives those there are");
        }
    }

    static Optional<BackupInfo> newestVerified(List<BackupInfo> newestFirst) {
        return newestFirst.stream()
                .filter(backup -> backup.state() == State.VERIFIED)
                .findFirst();
    }

    private BackupException failed(String what, IOException e) {
        return new BackupException(
                Kind.STORE,
                what + " in the store " + words + " failed: " + BackupException.say(e)
                        + "; check the directory and its rights",
                e);
    }
}
