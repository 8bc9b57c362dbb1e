package dev.wellhead.ratelimit;

import java.util.concurrent.CompletableFuture;

/** One who waits for a decision that comes with a shared trip. Whoever gives up completes it first, and is not taken along. */
final class Caller extends CompletableFuture<Decision> {
    private final Ask ask;
    private final long deadlineNanos;

    // Written by whoever has it, who hands it on through the lock of its lane.
    private boolean cameLate;

    /** @param deadlineNanos when it gives up */
    Caller(Ask ask, long deadlineNanos) {
        this.ask = ask;
        this.deadlineNanos = deadlineNanos;
    }

    Ask ask() {
        return ask;
    }

    /** Returns its only charge. */
    Ask.Charge charge() {
        return ask.charges().get(0);
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Notes that a trip with it came too late. Returns whether it may go once more. */
    boolean mayGoAgain(long nowNanos) {
        boolean again = !cameLate && nowNanos < deadlineNanos && !isDone();
        cameLate = true;
        return again;
    }
}
