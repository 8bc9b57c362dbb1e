package dev.wellhead.pool;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A thread of a test's own that calls something; the test looks at it or waits for its result. */
final class Caller<T> {
    private final FutureTask<T> task;
    private final Thread thread;

    /** What kind of thread. */
    enum Kind {
        PLATFORM,
        /** On Java 21 and newer. */
        VIRTUAL;

        boolean isSupported() {
            return this == PLATFORM || Runtime.version().feature() >= 21;
        }

        Thread unstarted(Runnable task) {
            if (this == PLATFORM) {
                Thread thread = new Thread(task, "caller");
                thread.setDaemon(true);
                return thread;
            }
            try {
                // By reflection, as this is compiled for Java 17.
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                return (Thread) Class.forName("java.lang.Thread$Builder")
                        .getMethod("unstarted", Runnable.class)
                        .invoke(builder, task);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("no virtual threads on " + Runtime.version(), e);
            }
        }
    }

    private Caller(Kind kind, Callable<T> call) {
        task = new FutureTask<>(call);
        thread = kind.unstarted(task);
    }

    static <T> Caller<T> start(Callable<T> call) {
        return start(Kind.PLATFORM, call);
    }

    static <T> Caller<T> start(Kind kind, Callable<T> call) {
        Caller<T> caller = new Caller<>(kind, call);
        caller.thread.start();
        return caller;
    }

    /** Starts the call and returns once the pool counts one more waiter. */
    static <T> Caller<T> startWaiting(ConnectionPool pool, Callable<T> call) {
        int before = pool.stats().waiting();
        Caller<T> caller = start(call);
        await().until(() -> pool.stats().waiting() > before);
        return caller;
    }

    Thread thread() {
        return thread;
    }

    boolean isDone() {
        return task.isDone();
    }

    /** Returns the result, at the latest after 20 s; what the call threw comes as the cause. */
    T result() throws Exception {
        return task.get(20, TimeUnit.SECONDS);
    }
}
