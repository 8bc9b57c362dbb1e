package dev.wellhead.examples.gameday;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits that an interrupt ends, as Ctrl-C causes one. */
final class Waiting {
    private static final Duration POLL = Duration.ofMillis(50);

    private Waiting() {}

    /**
     * Waits for so long.
     *
     * @throws CancellationException if the thread is interrupted
     */
    static void pause(Duration duration) {
        untilNanos(System.nanoTime() + duration.toNanos());
    }

    /**
     * Waits for a moment of {@link System#nanoTime()}.
     *
     * @throws CancellationException if the thread is interrupted
     */
    static void untilNanos(long moment) {
        for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
            checkInterrupt();
            LockSupport.parkNanos(left);
        }
        checkInterrupt();
    }

    /** Returns whether the condition came to hold in time. */
    static boolean until(Duration patience, BooleanSupplier condition) {
        return until(patience, POLL, condition);
    }

    /** The same for a condition that costs something to ask for. */
    static boolean until(Duration patience, Duration poll, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            checkInterrupt();
            LockSupport.parkNanos(poll.toNanos());
        }
        return true;
    }

    /**
     * Waits until the condition holds.
     *
     * @throws IllegalStateException if it does not in time
     */
    static void require(String what, Duration patience, BooleanSupplier condition) {
        if (!until(patience, condition)) {
            throw new IllegalStateException("waited " + patience.toSeconds() + " s in vain for " + what);
        }
    }

    private static void checkInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
    }
}
