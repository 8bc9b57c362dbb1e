package dev.wellhead.redis;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** Stops calls after a row of failures, until a probe succeeds. Callers never probe: they would have to wait. */
final class Breaker {
    /*
     * How many calls failed in a row, or that it is open:
     *
     *   n -> 0       a call succeeded
     *   n -> n + 1   a call failed that had begun after the one that was counted before
     *   n -> OPEN    the call that failed was number `threshold`
     *   OPEN -> 0    a probe succeeded
     *
     * Calls that were under way together count as one: they all fail when this process stands still for longer than
     * the budget, which says nothing of Redis.
     *
     * A late success of a call that began before the breaker opened does not close it: it says how Redis was, not how
     * it is. Each move is one CAS; exactly one thread makes the move to OPEN, and it starts the probing.
     */
    private static final Row NONE = new Row(0, 0);
    private static final Row OPEN = new Row(-1, 0);

    private final int threshold;
    private final AtomicReference<Row> row = new AtomicReference<>(NONE);

    /**
     * Failures in a row.
     *
     * @param atNanos when the last of them was counted
     */
    private record Row(int failures, long atNanos) {}

    Breaker(int threshold) {
        this.threshold = threshold;
    }

    private Row now() {
        return Objects.requireNonNull(row.get());
    }

    boolean isOpen() {
        return now().failures < 0;
    }

    void succeeded() {
        // The usual case is a plain read: no write to a line that all callers share.
        Row seen = now();
        if (seen.failures > 0) {
            row.compareAndSet(seen, NONE);
        }
    }

    /**
     * Returns true to the one caller whose failure opened the breaker.
     *
     * @param begunNanos when the call began
     * @param nowNanos when it failed, on the same clock
     */
    boolean failed(long begunNanos, long nowNanos) {
        while (true) {
            Row seen = now();
            if (seen.failures < 0 || (seen.failures > 0 && begunNanos - seen.atNanos < 0)) {
                return false;
            }
            boolean opens = seen.failures + 1 >= threshold;
            if (row.compareAndSet(seen, opens ? OPEN : new Row(seen.failures + 1, nowNanos))) {
                return opens;
            }
        }
    }

    /** Returns true if the breaker was open. */
    boolean probeSucceeded() {
        return row.compareAndSet(OPEN, NONE);
    }
}
