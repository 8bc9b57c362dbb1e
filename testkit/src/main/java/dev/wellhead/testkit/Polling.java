package dev.wellhead.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Asks servers again and again until they are where they should be. */
final class Polling {
    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private Polling() {}

    /** One look at the servers. */
    @FunctionalInterface
    interface Probe {
        /** Returns null if they are there, else what is still missing. What it throws counts as missing, too. */
        @Nullable String missing() throws Exception;
    }

    /**
     * Returns as soon as nothing is missing.
     *
     * @throws IllegalStateException if something still is after all the patience; the message says what
     */
    static void until(String what, Duration patience, Probe probe) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            String missing;
            Exception failure = null;
            try {
                missing = probe.missing();
            } catch (Exception e) {
                missing = e.toString();
                failure = e;
            }
            if (missing == null) {
                return;
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new IllegalStateException(
                        what + ": not within " + patience.toMillis() + " ms; last seen: " + missing, failure);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(what + ": interrupted; last seen: " + missing, failure);
            }
        }
    }
}
