package dev.wellhead.benchmarks.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** The threads that callers run on. */
public enum Threads {
    /** Those of the operating system. */
    PLATFORM {
        @Override
        Thread start(Runnable task) {
            Thread thread = new Thread(null, task, "caller", STACK_BYTES);
            thread.start();
            return thread;
        }
    },
    /** Those of a JDK from 21 on. */
    VIRTUAL {
        @Override
        Thread start(Runnable task) {
            try {
                // This code is compiled for 17.
                return (Thread) MethodHandles.publicLookup()
                        .findStatic(
                                Thread.class, "startVirtualThread", MethodType.methodType(Thread.class, Runnable.class))
                        .invoke(task);
            } catch (Throwable e) {
                throw new IllegalStateException("no virtual threads on Java " + Runtime.version(), e);
            }
        }
    };

    private static final long STACK_BYTES = 256 * 1024;

    /** Starts one. */
    abstract Thread start(Runnable task);
}
