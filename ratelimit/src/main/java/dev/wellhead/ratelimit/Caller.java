package dev.wellhead.ratelimit;

/** One who waits for a decision that comes with a shared trip. Who has given up is not taken along. */
final class Caller extends Promise {
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

    /** Returns whether the other asks by the same numbers. */
    boolean hasNumbersOf(Caller other) {
        return charge().limit().hasNumbersOf(other.charge().limit());
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Notes that a trip with it came too late. Returns whether it may go once more. */
    boolean mayGoAgain(long nowNanos) {
        boolean again = !cameLate && nowNanos < deadlineNanos && !isClaimed();
        cameLate = true;
        return again;
    }
}
