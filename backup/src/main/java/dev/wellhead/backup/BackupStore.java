package dev.wellhead.backup;

import dev.wellhead.backup.internal.DirectoryStorage;
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

    Storage storage() {
        return storage;
    }

    @Override
    public String toString() {
        return storage.toString();
    }
}
