package dev.wellhead.benchmarks.cache;

import java.util.concurrent.locks.LockSupport;

/** Waits that last as long as they say. */
final class Pauses {
    private Pauses() {}

    /** Waits until {@link System#nanoTime} is there, never less. */
    static void until(long nanoTime) {
        long left = nanoTime - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = nanoTime - System.nanoTime();
        }
    }

    /** Waits this long, never less. */
    static void nanos(long nanos) {
        until(System.nanoTime() + nanos);
    }
}
