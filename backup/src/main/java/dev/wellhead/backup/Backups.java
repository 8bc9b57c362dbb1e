package dev.wellhead.backup;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.Options;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes, lists, verifies, restores and prunes the backups of one database.
 *
 * <p>Thread-safe; owns no thread and no connection, so nothing needs to be closed. Every method blocks while it reads the
 * store, and create, verify and restore as long as the data takes; on PostgreSQL they use connections of their own, not a
 * pool's. Interrupting a thread ends what it is writing to the store with a {@link BackupException}; calls into a driver
 * are not cut short by it.
 */
public interface Backups {
    /** Returns a builder for the backups of this database in this store. */
    static Builder builder(Database database, BackupStore store) {
        return new Builder(database, store);
    }

    /**
     * Makes a backup of one snapshot of the database, while others write. It appears in {@link #list()} when it is
     * complete and durable, and not at all if anything fails, the process dies included.
     *
     * @throws BackupException if another process or thread is making one, the database cannot be read whole, or the store
     *     cannot be written
     */
    BackupInfo create();

    /**
     * Returns the finished backups, newest first. One whose manifest is damaged is among them as SUSPECT.
     *
     * @throws BackupException if the store cannot be read
     */
    List<BackupInfo> list();

    /**
     * Reads a backup back from the store, checks every byte, restores it into a scratch database or file, compares, and
     * removes the scratch. The outcome is kept with the backup: it becomes VERIFIED or SUSPECT.
     *
     * @throws BackupException if there is no such backup, or the attempt says nothing of the backup (no scratch database
     *     to be had, connection lost, another schema source); its state is then unchanged
     */
    VerifyReport verify(String id);

    /**
     * Restores a backup into something new or empty, or in the place of what a token names. Every stored byte is checked before
     * the target is touched; the result is compared with the backup's snapshot. If that fails a database or file made for it is
     * removed again, and what was to be replaced is left as it was.
     *
     * @throws BackupException if there is no such backup, it is damaged, the target is taken or of another kind, the
     *     schema source is another one, or the result is not equal
     */
    RestoreReport restore(String id, RestoreTarget target);

    /**
     * Copies a backup as it lies here into another store, with every byte checked on the way. There it is COMPLETE, whatever it
     * is here, and appears when it is whole and durable, or not at all. Returns at once if it is there already. What becomes of
     * one store says nothing of the others: call it for each, and verify in each.
     *
     * @throws BackupException if there is no such backup, it is damaged, another one has its id in the other store, or that
     *     store cannot be written; nothing of it is kept there then
     */
    void copy(String id, BackupStore to);

    /**
     * Returns what {@link #prune()} would keep and delete now, with a reason for each. Changes nothing.
     *
     * @throws BackupException if the store cannot be read
     */
    RetentionPlan planRetention();

    /**
     * Deletes what the retention does not keep, oldest first, and returns the plan. Without a retention, and while no
     * backup is verified, nothing is deleted.
     *
     * @throws BackupException if the store cannot be read or written
     */
    RetentionPlan prune();

    /**
     * Returns the newest backup that is verified: the one to restore when nothing speaks for another; empty if there is none.
     *
     * @throws BackupException if the store cannot be read
     */
    default Optional<BackupInfo> newestVerified() {
        return BackupCatalogue.newestVerified(list());
    }

    /**
     * Returns how old the newest verified backup is, by the wall clock; empty if none is verified.
     *
     * @throws BackupException if the store cannot be read
     */
    Optional<Duration> lastVerifiedAge();

    /**
     * Returns UP while a backup that is young enough is verified, DEGRADED if there is none, DOWN if the store cannot be
     * read. Never throws.
     */
    Health health();

    /** Returns what this object has counted since it was built. */
    Stats stats();

    /**
     * Begins a schedule with one run a day. Where the clocks skip the time, it runs when they go forward; where the time
     * comes twice, at the first.
     */
    BackupSchedule.Builder daily(LocalTime time, ZoneId zone);

    /**
     * Begins a schedule that runs when the newest backup, or the last attempt, is this old.
     *
     * @throws IllegalArgumentException if the period is not above zero
     */
    BackupSchedule.Builder every(Duration period);

    /**
     * Counts since the object was built.
     *
     * @param created backups made
     * @param failed attempts to make one that failed
     * @param verified verifications that found a backup good
     * @param suspect verifications and restores that found one damaged or different
     * @param pruned backups deleted by retention
     */
    record Stats(long created, long failed, long verified, long suspect, long pruned) {}

    /** Collects the options. For one thread. */
    final class Builder {
        private static final int MOST_DEFAULT_WORKERS = 4;

        private final Database database;
        private final BackupStore store;
        private @Nullable Retention retention;
        private Duration alarmAfter = Duration.ofDays(8);
        private int workers =
                Math.max(1, Math.min(MOST_DEFAULT_WORKERS, Runtime.getRuntime().availableProcessors() / 2));
        private long bytesPerSecond = Long.MAX_VALUE;
        private Clock clock = Clock.systemUTC();
        private Ticker ticker = Ticker.system();
        private MetricSink metrics = MetricSink.none();
        private BackupListener listener = new BackupListener() {};

        private Builder(Database database, BackupStore store) {
            this.database = Objects.requireNonNull(database, "database");
            this.store = Objects.requireNonNull(store, "store");
        }

        /** Sets which backups {@link Backups#prune()} keeps. Default: all. */
        public Builder retention(Retention retention) {
            this.retention = Objects.requireNonNull(retention, "retention");
            return this;
        }

        /**
         * Sets the age of the newest verified backup above which {@link Backups#health()} is DEGRADED. Default: 8 days.
         *
         * @throws IllegalArgumentException if it is not above zero
         */
        public Builder alarmAfter(Duration age) {
            Options.positiveNanos("alarmAfter", age);
            this.alarmAfter = age;
            return this;
        }

        /**
         * Sets how many tables of a PostgreSQL database are copied or loaded at a time, each over a connection of its own.
         * SQLite is copied as a whole; from two on its copy is packed while the snapshot
         * is still being summed up, which takes a second processor from whoever writes. Default: half as many as this machine has processors, but 1 at least and 4 at most.
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public Builder workers(int workers) {
            this.workers = Options.atLeast("workers", 1, workers);
            return this;
        }

        /**
         * Holds the copying of a database back, so that others have their share of disk and processor; restores and
         * verifications are not held back. Default: as fast as it goes.
         *
         * @param bytes of what the database sends, or of its file, on an average second
         * @throws IllegalArgumentException if it is below 1
         */
        public Builder bytesPerSecond(long bytes) {
            this.bytesPerSecond = Options.atLeast("bytesPerSecond", 1, bytes);
            return this;
        }

        /** Sets the wall clock that dates backups. Default: the system's. */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** Sets the clock that measures durations. Default: the system's. */
        public Builder ticker(Ticker ticker) {
            this.ticker = Objects.requireNonNull(ticker, "ticker");
            return this;
        }

        /**
         * Sets where {@code wellhead.backup.*} is counted. Its gauge stays registered as long as the sink lives: give one
         * sink to one object. Default: nowhere.
         */
        public Builder metrics(MetricSink metrics) {
            this.metrics = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /** Sets who is told what becomes of backups. Default: nobody. */
        public Builder listener(BackupListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** Returns the backups. Neither database nor store is touched before the first call. */
        public Backups build() {
            return new RealBackups(new RealBackups.Settings(
                    database, store, retention, alarmAfter, workers, bytesPerSecond, clock, ticker, metrics, listener));
        }
    }
}
