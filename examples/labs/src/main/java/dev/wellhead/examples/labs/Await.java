package dev.wellhead.examples.labs;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Looks again and again until something is so. */
public final class Await {
    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

    private Await() {}

    /**
     * One look at it.
     *
     * @param <E> what looking may throw
     */
    @FunctionalInterface
    public interface Condition<E extends Exception> {
        /** Returns whether it is so now. */
        boolean holds() throws E;
    }

    /** Returns whether it came to be so within the patience. An interrupt ends the wait. */
    public static <E extends Exception> boolean until(Duration patience, Condition<E> condition) throws E {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }
}
