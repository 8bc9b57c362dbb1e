package dev.wellhead.cache;

import dev.wellhead.core.internal.DaemonThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The threads of one cache, made when they are first needed. */
final class Workers implements AutoCloseable {
    private static final int BRIEF_THREADS = 2;
    private static final long IDLE_SECONDS = 5;

    private final ScheduledThreadPoolExecutor timer;
    private final Executor loads;
    private final Executor brief;
    private final ThreadPoolExecutor[] own;

    /** @param hosts the host's threads for loads; null for threads of our own */
    Workers(String cache, @Nullable Executor hosts) {
        DaemonThreads threads = DaemonThreads.of("cache", cache);
        // What is scheduled after close() is not worth an exception: a lease that is not renewed ends by itself.
        timer = new ScheduledThreadPoolExecutor(1, threads, new ThreadPoolExecutor.DiscardPolicy());
        timer.setRemoveOnCancelPolicy(true);
        // As many threads as there are loads, which the bulkhead bounds.
        ThreadPoolExecutor ownLoads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        ThreadPoolExecutor ownBrief = new ThreadPoolExecutor(
                BRIEF_THREADS, BRIEF_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        ownBrief.allowCoreThreadTimeOut(true);
        own = new ThreadPoolExecutor[] {ownLoads, ownBrief};
        loads = hosts == null ? ownLoads : hosts;
        brief = hosts == null ? ownBrief : hosts;
    }

    /** For short tasks at given times. */
    ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    /** Runs what may block. Returns false if nobody takes it. */
    boolean load(Runnable task) {
        try {
            loads.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Runs what goes on when an answer is here. */
    Executor brief() {
        return brief;
    }

    Future<?> later(Runnable task, long nanos) {
        return timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        for (ThreadPoolExecutor executor : own) {
            executor.shutdown();
        }
    }
}
