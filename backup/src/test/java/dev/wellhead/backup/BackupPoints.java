package dev.wellhead.backup;

import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.DirectoryStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The points that a backup of SQLite passes, numbered from 0: before and after each operation of the store, and after each
 * step of the paged copy. As a program it stops for good at one of them, to be killed there.
 */
final class BackupPoints implements FaultyStorage.Fault, BackupListener {
    private static final Logger LOG = LoggerFactory.getLogger(BackupPoints.class);

    private final AtomicInteger passed = new AtomicInteger();
    private final AtomicInteger steps = new AtomicInteger();
    private final int last;

    private BackupPoints(int last) {
        this.last = last;
    }

    /** @param arguments database file, store, and the point at which to stop */
    public static void main(String[] arguments) {
        new BackupPoints(Integer.parseInt(arguments[2])).run(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    /** Makes a backup to its end and returns how many points it has passed, and how many of them in the copy. */
    static BackupPoints count(Path database, Path store) {
        BackupPoints points = new BackupPoints(-1);
        points.run(database, store);
        return points;
    }

    int passed() {
        return passed.get();
    }

    int steps() {
        return steps.get();
    }

    private void run(Path database, Path store) {
        // Progress is told at most five times a second, and a second passes at each look.
        AtomicLong seconds = new AtomicLong();
        Backups.builder(
                        Database.sqliteCompacted(database),
                        new BackupStore(new FaultyStorage(new DirectoryStorage(store), this)))
                .listener(this)
                .ticker(() -> Duration.ofSeconds(seconds.incrementAndGet()).toNanos())
                .build()
                .create();
    }

    @Override
    public void before(int operation) {
        pass();
    }

    @Override
    public void after(int operation) {
        pass();
    }

    @Override
    public void progressed(BackupProgress progress) {
        if (progress.phase() == Phase.COPY) {
            steps.incrementAndGet();
            pass();
        }
    }

    private void pass() {
        int point = passed.getAndIncrement();
        if (point == last) {
            LOG.warn("stalled at {}", point);
            while (true) {
                LockSupport.park();
            }
        }
    }
}
