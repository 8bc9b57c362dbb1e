package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.internal.Digests;
import dev.wellhead.backup.internal.PrivateFiles;
import dev.wellhead.core.Redaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to be the only one who backs up an SQLite database: a lock on a file beside it, which the operating system frees
 * when the process ends, however it ends. The file stays, with a line on who held it last: removing it would let two
 * processes lock two files of one name.
 *
 * <p>Where the database's folder cannot be written, the file is in the system's folder for temporary files; then only
 * processes of this machine meet that share that folder, and cannot write to the database's.
 */
final class RunnerLockFile implements Engine.RunnerLock {
    /*
     * By POSIX, closing any descriptor of a file drops all locks that the process has on it. So the database itself is never
     * opened here, since SQLite's own locks on it would go. And no thread so much as opens a lock file that another one holds:
     * HELD knows those of this class loader; a path leaves it only when its channel has been closed. What another class loader
     * of this JVM holds shows only once the file is open; that channel must then not be closed, and serves for the next try.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    private static final ConcurrentMap<Path, FileChannel> LEFT_OPEN = new ConcurrentHashMap<>();

    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final String SUFFIX = ".backup.lock";
    private static final int LONGEST_OWNER = 128;

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;
    private final @Nullable Object identity;

    private RunnerLockFile(Path file, FileChannel channel, FileLock lock, @Nullable Object identity) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
        this.identity = identity;
    }

    /**
     * Takes the lock, without waiting.
     *
     * @param database its real path, so that all ways to it meet here
     * @throws BackupException if somebody holds it, or the file cannot be locked at all
     */
    static RunnerLockFile acquire(Path database) {
        Path file = place(database);
        if (!HELD.add(file)) {
            throw running(database, file, "another thread of this process");
        }
        boolean locked = false;
        try {
            RunnerLockFile lock = lock(database, file);
            locked = true;
            return lock;
        } catch (IOException e) {
            throw new BackupException(
                    Kind.NOT_MADE,
                    "backup of " + database + ": the lock file " + file + " against other runners cannot be locked: "
                            + BackupException.say(e)
                            + "; it must be no link and belong to this user, on a file system that knows locks",
                    e);
        } finally {
            if (!locked) {
                HELD.remove(file);
            }
        }
    }

    /** Returns where the lock file of a database is. */
    static Path place(Path database) {
        Path beside = SqliteFile.side(database, SUFFIX);
        Path folder = database.getParent();
        if (SqliteFile.exists(beside) || folder == null || Files.isWritable(folder)) {
            return beside;
        }
        String name = "wellhead-" + Digests.hex(database.toString()).substring(0, 32) + SUFFIX;
        return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().resolve(name);
    }

    private static RunnerLockFile lock(Path database, Path file) throws IOException {
        FileChannel earlier = LEFT_OPEN.remove(file);
        FileChannel channel = earlier == null ? PrivateFiles.openOrCreate(file) : earlier;
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw running(database, file, ownerIn(channel));
            }
            sign(channel);
            return new RunnerLockFile(file, channel, lock, identity(file));
        } catch (OverlappingFileLockException e) {
            LEFT_OPEN.put(file, channel);
            throw running(database, file, "another application in this process");
        } catch (IOException | BackupException e) {
            try (channel) {
                throw e;
            }
        }
    }

    private static void sign(FileChannel channel) throws IOException {
        String owner = "process " + ProcessHandle.current().pid() + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static String ownerIn(FileChannel channel) throws IOException {
        ByteBuffer line = ByteBuffer.allocate(LONGEST_OWNER);
        channel.read(line, 0);
        String owner = StandardCharsets.UTF_8.decode(line.flip()).toString().strip();
        return owner.isEmpty() ? "another process" : Redaction.printable(owner);
    }

    private static @Nullable Object identity(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static BackupException running(Path database, Path file, String owner) {
        return new BackupException(
                Kind.RUNNING_ELSEWHERE,
                "backup of " + database + ": another one is running, by " + owner + ", which holds the lock on " + file
                        + "; wait for it, or end that process");
    }

    /** Returns false also if somebody has removed the file, since the next one would then lock another. */
    @Override
    public boolean isHeld() {
        try {
            return lock.isValid() && Objects.equals(identity, identity(file));
        } catch (IOException e) {
            return false;
        }
    }

    /** A failure is logged: it must not make a backup that is there look as if it were not. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("lock file {} could not be closed; its lock ends with the process", file, e);
        } finally {
            HELD.remove(file);
        }
    }
}
