package dev.wellhead.backup;

import dev.wellhead.backup.internal.RunTimes;
import dev.wellhead.core.internal.DaemonThreads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes backups again and again, on one daemon thread. A run that was missed while the process was down is made up for
 * once, at the start; a store without any backup gets its first one at once. A run that fails is logged and counted, and
 * the next one comes at its time.
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
     * The time of the next run follows from the newest backup in the store and this schedule's own last attempt, both
     * cut to the present, so a clock that goes back delays a run but cannot multiply it. The wall clock is read at least
     * once a second, so a clock that leaps is noticed.
     */
    private static final Logger LOG = LoggerFactory.getLogger(BackupSchedule.class);
    private static final long LONGEST_NAP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(5);

    private final Backups backups;
    private final RunTimes times;
    private final Clock clock;
    private final boolean verify;
    private final boolean prune;
    private final Thread thread;

    private final ReentrantLock stateLock = new ReentrantLock();
    private final Condition changed = stateLock.newCondition();

    // Guarded by stateLock.
    private boolean closed;
    private Instant nextRun;
    private long runs;
    private long failures;

    private BackupSchedule(Builder builder) {
        this.backups = builder.backups;
        this.times = builder.times;
        this.clock = builder.clock;
        this.verify = builder.verify;
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
        boolean settled = false;
        while (awaitNext(settled)) {
            Instant due = dueAfter(lastAttempt);
            settled = due.isAfter(clock.instant());
            if (settled) {
                setNextRun(due);
            } else {
                lastAttempt = clock.instant();
                runOnce();
            }
        }
    }

    /** Waits until the next run is due, or does not if that is not known; returns false once the schedule is closed. */
    private boolean awaitNext(boolean known) {
        stateLock.lock();
        try {
            while (known && !closed) {
                long left = nanosUntilNextRun();
                if (left <= 0) {
                    break;
                }
                changed.awaitNanos(Math.min(left, LONGEST_NAP_NANOS));
            }
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            stateLock.unlock();
        }
    }

    private long nanosUntilNextRun() {
        assert stateLock.isHeldByCurrentThread();
        Duration left = Duration.between(clock.instant(), nextRun);
        return left.compareTo(Duration.ofDays(1)) > 0 ? TimeUnit.DAYS.toNanos(1) : left.toNanos();
    }

    /** Returns when to run next; another process may have made a backup since we last looked. */
    private Instant dueAfter(Instant lastAttempt) {
        Instant now = clock.instant();
        Instant newest = lastAttempt;
        try {
            for (BackupInfo backup : backups.list()) {
                Instant createdAt = backup.createdAt().isAfter(now) ? now : backup.createdAt();
                newest = createdAt.isAfter(newest) ? createdAt : newest;
            }
        } catch (RuntimeException e) {
            // The run that is due will fail for the same reason, and say so.
            LOG.debug("cannot list backups to see when the next is due", e);
        }
        if (newest.equals(Instant.MIN)) {
            return now;
        }
        return times.after(newest.isAfter(now) ? now : newest);
    }

    private void runOnce() {
        try {
            BackupInfo backup = backups.create();
            if (verify) {
                VerifyReport report = backups.verify(backup.id());
                if (!report.verified()) {
                    // Logged where it was found.
                    count(false);
                    return;
                }
            }
            if (prune) {
                backups.prune();
            }
            count(true);
        } catch (BackupException e) {
            if (e.kind() == BackupException.Kind.RUNNING_ELSEWHERE) {
                LOG.debug("another process is at it", e);
                return;
            }
            LOG.warn("scheduled backup failed; the next run comes at its time", e);
            count(false);
        } catch (RuntimeException e) {
            LOG.warn("scheduled backup failed; the next run comes at its time", e);
            count(false);
        }
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
        private final Backups backups;
        private final RunTimes times;
        private final Clock clock;
        private boolean verify;
        private boolean prune;

        Builder(Backups backups, RunTimes times, Clock clock) {
            this.backups = backups;
            this.times = times;
            this.clock = clock;
        }

        /** Verifies each backup right after it was made. Default: not. */
        public Builder verifyByRestore() {
            verify = true;
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
