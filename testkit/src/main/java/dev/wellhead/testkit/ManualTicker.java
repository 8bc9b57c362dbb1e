package dev.wellhead.testkit;

import dev.wellhead.core.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. Thread-safe. */
public final class ManualTicker implements Ticker {
    // Starts just below overflow, so that code which compares readings instead of their difference fails at once.
    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());

    @Override
    public long nanos() {
        return nanos.get();
    }

    /** Moves the clock; a negative duration moves it back, as a broken clock would. */
    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
