package dev.wellhead.benchmarks.program;

import java.util.concurrent.locks.LockSupport;

/** Waiting that costs no processor time and that nothing cuts short, as a thread waits for a server's answer. */
public final class Parking {
    private Parking() {}

    /** Parks for at least this long. An interrupt does not end it; the flag is kept. */
    public static void nanos(long nanos) {
        if (nanos <= 0) {
            return;
        }
        until(System.nanoTime() + nanos);
    }

    /** Parks until {@link System#nanoTime()} has reached this. */
    public static void until(long deadline) {
        boolean interrupted = false;
        for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
