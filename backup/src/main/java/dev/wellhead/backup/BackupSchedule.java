package dev.wellhead.backup;

import dev.wellhead.backup.internal.RunTimes;
import dev.wellhead.core.internal.DaemonThreads;
import dev.wellhead.core.internal.Options;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes backups again and again, on one daemon thread. A run that was missed while the process was down is made up for
 * once, at the start; a store without any backup gets its first one at once. A run that fails is logged and counted, and
 * the next one comes at its time.
 *
 * <p>Any number of processes may have the same schedule over one database and one store: each time one of them makes the
 * backup, and if that one dies on the way another one does.
 *
 * <p>Thread-safe. Whoever started it closes it.
 */
public final class BackupSchedule implements AutoCloseable {
    /*
     * One thread runs; it alone writes what runs have come to. The states are waiting and running, and closed, which is
     * final. stateLock guards the closed flag, the next time and the counts, and is never held while a backup is made,
     * the store is read or something is logged. close() sets the flag and wakes the thread; what the thread did before it
     * ended happens before close() returns, by Thread.join.
     *
     * The time of the next run follows from the newest backup in the store and this schedule's own last attempt. What is
     * dated far ahead, by a clock that was wrong, is passed over: a clock that goes back costs one more run, after which
     * there is a backup of the present. The wall clock is read at least once a second, so a clock that leaps is noticed:
     * whatever was reckoned from a time that has not come yet is reckoned anew.
     *
     * Of many processes that find the same run due, the lock of the database lets one make it. Each decides by the newest
     * backup that it saw, and makes one only if that is still the newest once it holds the lock: so nobody repeats what
     * another one has just done, however their clocks differ. Who finds the lock taken looks again in a while, in case its
     * holder dies.
     */
    private static final Logger LOG = LoggerFactory.getLogger(BackupSchedule.class);
    private static final long LONGEST_NAP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration MOST_AHEAD = Duration.ofHours(1);
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(5);

    private final RealBackups backups;
    private final RunTimes times;
    private final Clock clock;
    private final @Nullable Duration verifyAfter;
    private final boolean prune;
    private final Duration lookAgainAfter;
    private final Thread thread;

    private final ReentrantLock stateLock = new ReentrantLock();
    private final Condition changed = stateLock.newCondition();

    // Guarded by stateLock.
    private boolean closed;
    private Instant nextRun;
    private long runs;
    private long failures;

    /**
     * What is to be done next.
     *
     * @param at when
     * @param seen whether the store could be read
     * @param newest the id of the newest backup in it; null if there is none
     */
    private record Due(Instant at, boolean seen, @Nullable String newest) {}

    private BackupSchedule(Builder builder) {
        this.backups = builder.backups;
        this.times = builder.times.spread(builder.jitter, builder.backups.name());
        this.lookAgainAfter = builder.lookAgainAfter;
        this.clock = builder.clock;
        this.verifyAfter = builder.verifyAfter;
        this.prune = builder.prune;
        this.nextRun = clock.instant();
        this.thread = DaemonThreads.of("backup", "schedule").newThread(this::loop);
    }

    /** Returns when the next run is due; a time in the past means now. */
    public Instant nextRun() {
        stateLock.lock();
        try {
            return nextRun;
        } finally {
            stateLock.unlock();
        }
    }

    /** Returns how many runs have ended well. */
    public long runs() {
        stateLock.lock();
        try {
            return runs;
        } finally {
            stateLock.unlock();
        }
    }

    /** Returns how many runs have failed, were it only that the backup could not be verified. */
    public long failures() {
        stateLock.lock();
        try {
            return failures;
        } finally {
            stateLock.unlock();
        }
    }

    /**
     * Ends the schedule. Waits up to 30 s for a run to end, then interrupts it and waits 5 s more; a call into a driver
     * may outlast that, on the daemon thread. Idempotent.
     */
    @Override
    public void close() {
        stateLock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            stateLock.unlock();
        }
        if (!endsWithin(DRAIN)) {
            thread.interrupt();
            if (!endsWithin(AFTER_INTERRUPT)) {
                LOG.warn("backup schedule closed, but its run has not ended; the daemon thread {} goes on", thread);
            }
        }
    }

    private boolean endsWithin(Duration patience) {
        try {
            thread.join(patience.toMillis());
        } catch (InterruptedException e) {
            // Whoever interrupts close() wants it to return: the run is not waited for any longer.
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void loop() {
        Instant lastAttempt = Instant.MIN;
        // Reckoned by the clock as it stood then; null while that is still to be done.
        Instant reckoned = null;
        while (awaitNext(reckoned)) {
            Due due = dueAfter(lastAttempt);
            reckoned = clock.instant();
            if (due.at.isAfter(reckoned)) {
                setNextRun(due.at);
                continue;
            }
            if (runOnce(due)) {
                lastAttempt = reckoned;
                reckoned = null;
            } else {
                setNextRun(RunTimes.every(lookAgainAfter).after(reckoned));
            }
        }
    }

    /**
     * Waits until the next run is due, unless that is to be reckoned first, as it is once the clock has gone back; returns
     * false once the schedule is closed.
     */
    private boolean awaitNext(@Nullable Instant reckoned) {
        stateLock.lock();
        try {
            while (reckoned != null && !closed) {
                Instant now = clock.instant();
                if (!now.isBefore(nextRun) || now.isBefore(reckoned)) {
                    break;
                }
                changed.awaitNanos(Math.min(nanosUntil(nextRun, now), LONGEST_NAP_NANOS));
            }
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            stateLock.unlock();
        }
    }

    private static long nanosUntil(Instant later, Instant now) {
        Duration left = Duration.between(now, later);
        return left.compareTo(Duration.ofDays(1)) > 0 ? TimeUnit.DAYS.toNanos(1) : left.toNanos();
    }

    /** Returns when to run next; another process may have made a backup since we last looked. */
    private Due dueAfter(Instant lastAttempt) {
        Instant now = clock.instant();
        Instant newest = isBelieved(lastAttempt, now) ? lastAttempt : Instant.MIN;
        String newestId = null;
        boolean seen = true;
        try {
            for (BackupInfo backup : backups.list()) {
                newestId = newestId == null ? backup.id() : newestId;
                Instant createdAt = backup.createdAt();
                newest = isBelieved(createdAt, now) && createdAt.isAfter(newest) ? createdAt : newest;
            }
        } catch (RuntimeException e) {
            // The run that is due will fail for the same reason, and say so.
            LOG.debug("cannot list backups to see when the next is due", e);
            seen = false;
        }
        return new Due(newest.equals(Instant.MIN) ? now : times.after(newest), seen, newestId);
    }

    /** A clock that was this far ahead says nothing of when the next run is due: it could be years until then. */
    private static boolean isBelieved(Instant time, Instant now) {
        return time.isBefore(RunTimes.every(MOST_AHEAD).after(now));
    }

    /** Returns false if others are making it, or have just done so. */
    private boolean runOnce(Due due) {
        try {
            Optional<BackupInfo> made = due.seen ? backups.createAfter(due.newest) : Optional.of(backups.create());
            if (made.isEmpty()) {
                return false;
            }
            boolean good =
                    !isVerificationDue() || backups.verify(made.get().id()).verified();
            if (good && prune) {
                backups.prune();
            }
            // What is not good was logged where it was found.
            count(good);
        } catch (RuntimeException e) {
            if (e instanceof BackupException failure && failure.kind() == BackupException.Kind.RUNNING_ELSEWHERE) {
                LOG.debug("another process is at it", e);
                return false;
            }
            LOG.warn("scheduled backup failed; the next run comes at its time", e);
            count(false);
        }
        return true;
    }

    private boolean isVerificationDue() {
        if (verifyAfter == null) {
            return false;
        }
        Optional<Duration> age = backups.lastVerifiedAge();
        return age.isEmpty() || age.get().compareTo(verifyAfter) >= 0;
    }

    private void count(boolean success) {
        stateLock.lock();
        try {
            if (success) {
                runs++;
            } else {
                failures++;
            }
        } finally {
            stateLock.unlock();
        }
    }

    private void setNextRun(Instant at) {
        stateLock.lock();
        try {
            nextRun = at;
        } finally {
            stateLock.unlock();
        }
    }

    /** Collects what each run does. For one thread. */
    public static final class Builder {
        private static final Duration MOST_JITTER = Duration.ofHours(12);

        private final RealBackups backups;
        private final RunTimes times;
        private final Clock clock;
        private @Nullable Duration verifyAfter;
        private boolean prune;
        private Duration jitter;
        private Duration lookAgainAfter = Duration.ofSeconds(30);

        Builder(RealBackups backups, RunTimes times, Duration jitter, Clock clock) {
            this.backups = backups;
            this.times = times;
            this.jitter = jitter;
            this.clock = clock;
        }

        /**
         * Sets by how much a run may be late on purpose, so that many databases of one server or one bucket do not all begin at
         * the same moment. How late a run is follows from its time and the database: it is the same in each process. Default:
         * up to 10 minutes for {@link Backups#daily}, none for {@link Backups#every}.
         *
         * @throws IllegalArgumentException if it is not above zero, or above 12 hours
         */
        public Builder jitter(Duration most) {
            Options.positiveNanos("jitter", most);
            if (most.compareTo(MOST_JITTER) > 0) {
                throw new IllegalArgumentException("jitter must be <= " + MOST_JITTER + ", was " + most);
            }
            this.jitter = most;
            return this;
        }

        /** Has each run begin at its very time. */
        public Builder withoutJitter() {
            this.jitter = Duration.ZERO;
            return this;
        }

        /** Sets when to look again after another process was found at work. */
        Builder lookAgainAfter(Duration time) {
            this.lookAgainAfter = time;
            return this;
        }

        /** Verifies each backup right after it was made. Default: none. */
        public Builder verifyByRestore() {
            verifyAfter = Duration.ZERO;
            return this;
        }

        /**
         * Verifies a backup right after it was made if none is verified or the newest of these is about as old as this, for a
         * database whose restore takes too long for every day. Nine tenths of it are enough, as runs do not come to the minute. One
         * that turns out to be suspect does not count: the next run verifies, too. Default: none.
         *
         * @param age above zero
         * @throws IllegalArgumentException if it is not
         */
        public Builder verifyByRestore(Duration age) {
            Options.positiveNanos("verifyByRestore", age);
            verifyAfter = age.minus(age.dividedBy(10));
            return this;
        }

        /** Prunes after each run that went well. Default: not. */
        public Builder pruneAfterwards() {
            prune = true;
            return this;
        }

        /** Starts the schedule. Returns at once. */
        public BackupSchedule start() {
            BackupSchedule schedule = new BackupSchedule(this);
            schedule.thread.start();
            return schedule;
        }
    }
}
