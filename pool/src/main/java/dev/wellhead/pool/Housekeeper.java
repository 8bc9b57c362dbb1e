package dev.wellhead.pool;

import dev.wellhead.core.internal.DaemonThreads;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that does what only time brings about. Thread-safe. */
final class Housekeeper implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);
    private static final long AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final DaemonThreads threads;
    private volatile @Nullable LongSupplier work;
    private volatile @Nullable Thread thread;
    private volatile boolean stopped;

    Housekeeper(DaemonThreads threads) {
        this.threads = threads;
    }

    /**
     * Starts the thread.
     *
     * @param work returns the nanoseconds until it wants to be called again
     */
    void start(LongSupplier work) {
        this.work = work;
        Thread started = threads.newThread(this);
        thread = started;
        started.start();
    }

    /** Has it look again at once; does nothing before the start. */
    void wake() {
        LockSupport.unpark(thread);
    }

    void stop() {
        stopped = true;
        wake();
    }

    @Override
    public void run() {
        LongSupplier task = Objects.requireNonNull(work, "work");
        while (!stopped) {
            LockSupport.parkNanos(this, pause(task));
            if (Thread.interrupted() && !stopped) {
                LOG.debug("{} was interrupted, by nobody who should; going on", Thread.currentThread());
            }
        }
    }

    private static long pause(LongSupplier work) {
        try {
            return work.getAsLong();
        } catch (RuntimeException e) {
            LOG.error("{} failed, going on", Thread.currentThread(), e);
            return AFTER_FAILURE_NANOS;
        }
    }
}
