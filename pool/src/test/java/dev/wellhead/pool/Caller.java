package dev.wellhead.pool;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A thread of a test's own that calls something; the test looks at it or waits for its result. */
final class Caller<T> {
    private final FutureTask<T> task;
    private final Thread thread;

    private Caller(Callable<T> call) {
        task = new FutureTask<>(call);
        thread = new Thread(task, "caller");
        thread.setDaemon(true);
    }

    static <T> Caller<T> start(Callable<T> call) {
        Caller<T> caller = new Caller<>(call);
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
