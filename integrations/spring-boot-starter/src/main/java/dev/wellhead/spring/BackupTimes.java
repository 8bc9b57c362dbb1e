package dev.wellhead.spring;

import dev.wellhead.backup.BackupSchedule;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * The schedule of backups: begins when the application is ready, and is the first to end, before web servers stop and beans
 * are destroyed. Does nothing if no property says when. Thread-safe.
 */
public final class BackupTimes implements SmartLifecycle {
    private final BackupSchedule.@Nullable Builder builder;

    private final ReentrantLock state = new ReentrantLock();
    // Under the lock.
    private @Nullable BackupSchedule schedule;

    BackupTimes(BackupSchedule.@Nullable Builder builder) {
        this.builder = builder;
    }

    /** Returns the schedule; empty if it does not run. */
    public Optional<BackupSchedule> schedule() {
        state.lock();
        try {
            return Optional.ofNullable(schedule);
        } finally {
            state.unlock();
        }
    }

    @Override
    public void start() {
        state.lock();
        try {
            if (schedule == null && builder != null) {
                schedule = builder.start();
            }
        } finally {
            state.unlock();
        }
    }

    @Override
    public void stop() {
        BackupSchedule running;
        state.lock();
        try {
            running = schedule;
            schedule = null;
        } finally {
            state.unlock();
        }
        if (running != null) {
            running.close();
        }
    }

    @Override
    public boolean isRunning() {
        return schedule().isPresent();
    }
}
