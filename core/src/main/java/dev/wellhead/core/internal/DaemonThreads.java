package dev.wellhead.core.internal;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** Makes the few threads that a component owns: daemons, named {@code wellhead-<module>-<name>-<n>}. */
public final class DaemonThreads implements ThreadFactory, Thread.UncaughtExceptionHandler {
    private final String prefix;
    private final AtomicInteger made = new AtomicInteger();

    private DaemonThreads(String prefix) {
        this.prefix = prefix;
    }

    /** Returns a factory for the threads of one component. */
    public static DaemonThreads of(String module, String name) {
        return new DaemonThreads("wellhead-" + module + "-" + name + "-");
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, prefix + made.incrementAndGet());
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler(this);
        return thread;
    }

    @Override
    public void uncaughtException(Thread failed, Throwable error) {
        LoggerFactory.getLogger(DaemonThreads.class).error("thread {} died", failed.getName(), error);
    }
}
