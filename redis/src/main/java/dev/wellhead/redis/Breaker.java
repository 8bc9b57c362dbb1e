package dev.wellhead.redis;

import java.util.concurrent.atomic.AtomicInteger;

/** Stops calls after a row of failures, until a probe succeeds. Callers never probe: they would have to wait. */
final class Breaker {
    /*
     * One number holds the state: how many calls failed in a row, or OPEN.
     *
     *   n -> 0       a call succeeded
     *   n -> n + 1   a call failed
     *   n -> OPEN    the call that failed was number `threshold`
     *   OPEN -> 0    a probe succeeded
     *
     * A late success of a call that began before the breaker opened does not close it: it says how Redis was, not how
     * it is. Each move is one CAS; exactly one thread makes the move to OPEN, and it starts the probing.
     */
    private static final int OPEN = -1;

    private final int threshold;
    private final AtomicInteger failures = new AtomicInteger();

    Breaker(int threshold) {
        this.threshold = threshold;
    }

    boolean isOpen() {
        return failures.get() == OPEN;
    }

    void succeeded() {
        // The usual case is a plain read: no write to a line that all callers share.
        int seen = failures.get();
        if (seen > 0) {
            failures.compareAndSet(seen, 0);
        }
    }

    /** Returns true to the one caller whose failure opened the breaker. */
    boolean failed() {
        while (true) {
            int seen = failures.get();
            if (seen == OPEN) {
                return false;
            }
            boolean opens = seen + 1 >= threshold;
            if (failures.compareAndSet(seen, opens ? OPEN : seen + 1)) {
                return opens;
            }
        }
    }

    /** Returns true if the breaker was open. */
    boolean probeSucceeded() {
        return failures.compareAndSet(OPEN, 0);
    }
}
