package dev.wellhead.migrate;

import dev.wellhead.migrate.MigrationException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock on a file beside the database, which the operating system frees when the process ends, however it ends. The file
 * stays: removing it would let two processes lock two files of one name. It holds a line on its last owner.
 */
final class RunLockFile implements AutoCloseable {
    /*
     * States: waiting for the turn in this JVM -> waiting for the file -> held -> closed. The semaphore guards the file
     * within this JVM, and no thread so much as opens the file without it: by POSIX, closing any descriptor of a file
     * drops all locks that the process has on it, those of other threads included. Hence the one static map; its entries
     * are few and stay. Semaphores, not owned locks, so that a run may end on another thread than it began.
     */
    private static final ConcurrentMap<Path, Semaphore> TURNS = new ConcurrentHashMap<>();
    private static final Logger LOG = LoggerFactory.getLogger(RunLockFile.class);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Semaphore turn;
    private final FileChannel channel;

    private RunLockFile(Semaphore turn, FileChannel channel) {
        this.turn = turn;
        this.channel = channel;
    }

    /** What those who wait look at between two tries. */
    @FunctionalInterface
    interface Look {
        /** Returns whether the lock is no longer wanted. */
        boolean isNeedless() throws SQLException;
    }

    /** Waits for the lock; null as soon as it is needless. */
    static @Nullable RunLockFile acquire(Path database, MigrationOptions options, Look look) throws SQLException {
        Path file = Path.of(database + ".migrate.lock").toAbsolutePath().normalize();
        Semaphore turn = TURNS.computeIfAbsent(file, ignored -> new Semaphore(1, true));
        long deadline = options.ticker().nanos() + options.lockWait().toNanos();
        while (!turn.tryAcquire()) {
            pauseUntil(deadline, options, file, "another thread of this process");
            if (look.isNeedless()) {
                return null;
            }
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            while (lock == null) {
                pauseUntil(deadline, options, file, ownerIn(channel));
                if (look.isNeedless()) {
                    release(channel, turn);
                    return null;
                }
                lock = channel.tryLock();
            }
            sign(channel, options);
            return new RunLockFile(turn, channel);
        } catch (IOException e) {
            release(channel, turn);
            throw new MigrationException(
                    Reason.RUN_LOCK,
                    "lock file " + file + ": cannot be locked: " + e
                            + "; nothing was run; the database's folder must be writable and able to lock files",
                    e);
        } catch (SQLException | RuntimeException e) {
            release(channel, turn);
            throw e;
        }
    }

    private static void pauseUntil(long deadline, MigrationOptions options, Path file, String owner) {
        long left = deadline - options.ticker().nanos();
        if (left <= 0 || Thread.currentThread().isInterrupted()) {
            String what = left <= 0
                    ? "another run did not end within " + options.lockWait().toMillis() + " ms; it is that of " + owner
                    : "interrupted while waiting for the run of " + owner;
            throw new MigrationException(
                    Reason.RUN_LOCK,
                    "lock file " + file + ": " + what
                            + "; nothing was run; try again, raise lockWait, or end that process");
        }
        LockSupport.parkNanos(
                Math.min(left, ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS / 4, LONGEST_PAUSE_NANOS)));
    }

    private static void sign(FileChannel channel, MigrationOptions options) throws IOException {
        String owner = "process " + ProcessHandle.current().pid() + " since "
                + options.clock().instant() + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static String ownerIn(FileChannel channel) throws IOException {
        ByteBuffer line = ByteBuffer.allocate(128);
        channel.read(line, 0);
        String owner = StandardCharsets.UTF_8.decode(line.flip()).toString().strip();
        return owner.isEmpty() ? "another process" : owner;
    }

    private static void release(@Nullable FileChannel channel, Semaphore turn) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.warn("a lock file could not be closed; its lock ends with the process", e);
        } finally {
            turn.release();
        }
    }

    @Override
    public void close() {
        release(channel, turn);
    }
}
