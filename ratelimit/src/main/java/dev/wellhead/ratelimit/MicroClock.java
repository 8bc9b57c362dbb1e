package dev.wellhead.ratelimit;

import dev.wellhead.core.Ticker;

/** A ticker read in whole microseconds since this clock was made. */
final class MicroClock {
    private final Ticker ticker;
    private final long origin;

    MicroClock(Ticker ticker) {
        this.ticker = ticker;
        origin = ticker.nanos();
    }

    long micros() {
        return Math.floorDiv(ticker.nanos() - origin, 1_000L);
    }
}
