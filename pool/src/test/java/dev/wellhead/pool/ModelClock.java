package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;

/** The clock of the model, and what the pool must make of it: a time that stands still while the clock goes back. */
final class ModelClock implements Ticker {
    private final ManualTicker ticker = new ManualTicker();
    private long now;

    @Override
    public long nanos() {
        return ticker.nanos();
    }

    /** Moves the clock. The pool has to look at it before it is moved again, for it cannot know what it did not see. */
    void move(Duration by) {
        ticker.advance(by);
        now += Math.max(0, by.toNanos());
    }

    /** Returns the nanoseconds that have passed. */
    long now() {
        return now;
    }
}
