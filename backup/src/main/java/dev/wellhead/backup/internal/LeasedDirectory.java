package dev.wellhead.backup.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A private folder that belongs to a living process, and may be removed by anybody once that process is gone, however it
 * went: the operating system frees the lock on the lease beside it.
 */
public final class LeasedDirectory implements AutoCloseable {
    /*
     * For a folder ".x" the lease is the file ".lease.x". Order of creation: lease, lock, folder; of removal: folder (or
     * its renaming), lease. So whoever sees a folder finds a lease that is locked (alive) or not (left behind), and no
     * lease at all only for a folder whose removal was under way.
     *
     * POSIX locks belong to the process and are lost when it closes any descriptor of the file. A sweep must therefore
     * not even open a lease of its own process: OWN knows them.
     */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();
    private static final String LEASE = ".lease";

    private final Path path;
    private final Path lease;
    private final FileChannel held;

    private LeasedDirectory(Path path, Path lease, FileChannel held) {
        this.path = path;
        this.lease = lease;
        this.held = held;
    }

    /** Creates the folder below {@code parent}; its name must start with a dot. */
    public static LeasedDirectory create(Path parent, String name) throws IOException {
        Path lease = parent.toRealPath().resolve(LEASE + name);
        if (!OWN.add(lease)) {
            throw new IOException(name + " exists already");
        }
        try {
            FileChannel channel = PrivateFiles.create(lease);
            try {
                channel.lock();
                Path path = parent.resolve(name);
                PrivateFiles.createFolder(path);
                return new LeasedDirectory(path, lease, channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                Files.deleteIfExists(lease);
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            OWN.remove(lease);
            throw e;
        }
    }

    /** Returns the folder. */
    public Path path() {
        return path;
    }

    /** Removes the folder, if it was not moved away, and the lease. */
    @Override
    public void close() throws IOException {
        try (held) {
            PrivateFiles.deleteTree(path);
            Files.deleteIfExists(lease);
        } finally {
            OWN.remove(lease);
        }
    }

    /** Removes the folders with this prefix whose processes are gone. */
    static void sweep(Path parent, String prefix) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, prefix + "*")) {
            folders.forEach(found::add);
        }
        for (Path folder : found) {
            Path lease = parent.toRealPath().resolve(LEASE + folder.getFileName());
            if (!OWN.contains(lease)) {
                removeIfLeftBehind(folder, lease);
            }
        }
    }

    private static void removeIfLeftBehind(Path folder, Path lease) throws IOException {
        try (FileChannel channel = FileChannel.open(lease, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                PrivateFiles.deleteTree(folder);
                Files.deleteIfExists(lease);
            }
        } catch (NoSuchFileException e) {
            // Published or removed since we looked, or its removal broke off between the folder's files and the lease.
            PrivateFiles.deleteTree(folder);
        } catch (OverlappingFileLockException e) {
            // Another class loader of this JVM holds it: alive.
            return;
        }
    }
}
