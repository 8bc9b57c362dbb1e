package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The real clock, which a test can make leap, so that nobody has to wait for idle connections to grow old. */
final class LeapingTicker implements Ticker {
    private final AtomicLong offset = new AtomicLong();

    @Override
    public long nanos() {
        return System.nanoTime() + offset.get();
    }

    void leap(Duration by) {
        offset.addAndGet(by.toNanos());
    }
}
