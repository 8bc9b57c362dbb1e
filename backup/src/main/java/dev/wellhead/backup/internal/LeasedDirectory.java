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
     * lease at all only for a folder whose removal was under way. A lease alone is removed under its lock only, and who
     * creates one looks after locking it whether it is still there.
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
            FileChannel channel = lockedLease(lease);
            try {
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

    /** Creates a lease and locks it. In between a sweep may take it for one left behind, and remove it. */
    private static FileChannel lockedLease(Path lease) throws IOException {
        while (true) {
            FileChannel channel = PrivateFiles.create(lease);
            try {
                channel.lock();
                if (Files.exists(lease, LinkOption.NOFOLLOW_LINKS)) {
                    return channel;
                }
                channel.close();
            } catch (IOException | RuntimeException e) {
                channel.close();
                Files.deleteIfExists(lease);
                throw e;
            }
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

    /** Removes the folders whose names begin so and whose processes are gone, and leases left without a folder. */
    public static void sweep(Path parent, String prefix) throws IOException {
        List<String> found = new ArrayList<>();
        // No glob: the prefix may hold characters that mean something in one.
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent)) {
            entries.forEach(entry -> found.add(entry.getFileName().toString()));
        }
        for (String name : found) {
            boolean alone = name.startsWith(LEASE + prefix) && !found.contains(name.substring(LEASE.length()));
            String folder = alone ? name.substring(LEASE.length()) : name;
            Path lease = parent.toRealPath().resolve(LEASE + folder);
            if (folder.startsWith(prefix) && !OWN.contains(lease)) {
                removeIfLeftBehind(parent.resolve(folder), lease, alone);
            }
        }
    }

    private static void removeIfLeftBehind(Path folder, Path lease, boolean alone) throws IOException {
        try (FileChannel channel = FileChannel.open(lease, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                PrivateFiles.deleteTree(folder);
                Files.deleteIfExists(lease);
            }
        } catch (NoSuchFileException e) {
            // Published or removed since we looked, or its removal broke off between the folder's files and the lease.
            // One that was not there yet may be somebody's by now.
            if (!alone) {
                PrivateFiles.deleteTree(folder);
            }
        } catch (OverlappingFileLockException e) {
            // Another class loader of this JVM holds it: alive.
            return;
        }
    }
}
