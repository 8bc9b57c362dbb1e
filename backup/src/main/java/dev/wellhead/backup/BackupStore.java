package dev.wellhead.backup;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.backup.internal.EncryptedStorage;
import dev.wellhead.backup.internal.Storage;
import java.nio.file.Path;

/** Where the backups of one database lie. Immutable and thread-safe. */
public final class BackupStore {
    private final Storage storage;

    BackupStore(Storage storage) {
        this.storage = storage;
    }

    /**
     * Returns a store in a local directory of its own, made with mode 0700 when the first backup is. It must be no
     * symbolic link, nobody but its owner and group may write to it, and its file system must rename in one step. Give
     * each database its own directory: retention counts all backups in it as one line.
     */
    public static BackupStore directory(Path directory) {
        return new BackupStore(new DirectoryStorage(directory));
    }

    /**
     * Returns the same store, in which every file is encrypted, the manifest among them: with AES-256-GCM, chunk by chunk, under
     * the first key of the ring. What was not encrypted with one of its keys is not read. Ids of backups, and with them when
     * they were made, names and lengths of files stay open to view.
     */
    public BackupStore encrypted(KeyRing ring) {
        return new BackupStore(new EncryptedStorage(storage, ring.keys()));
    }

    Storage storage() {
        return storage;
    }

    @Override
    public String toString() {
        return storage.toString();
    }
}
