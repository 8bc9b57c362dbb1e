package dev.wellhead.ratelimit;

import dev.wellhead.core.Ticker;
import java.time.Clock;

/** A ticker read in whole microseconds since 1970, as the wall clock had it when this clock was made. */
final class MicroClock {
    private final Ticker ticker;
    private final long origin;
    private final long startMicros;

    // The calendar is asked once, for where windows begin; from then on the ticker measures.
    MicroClock(Ticker ticker) {
        this(ticker, Math.multiplyExact(Clock.systemUTC().millis(), 1_000L));
    }

    /**
     * Returns a clock that reads {@code startMicros} now.
     *
     * @param startMicros microseconds since 1970
     */
    MicroClock(Ticker ticker, long startMicros) {
        this.ticker = ticker;
        this.startMicros = startMicros;
        origin = ticker.nanos();
    }

    long micros() {
        return startMicros + Math.floorDiv(ticker.nanos() - origin, 1_000L);
    }
}
