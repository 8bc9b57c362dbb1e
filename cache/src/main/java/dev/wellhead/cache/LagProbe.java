package dev.wellhead.cache;

import dev.wellhead.core.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Measures how long messages take to the nodes, by those of our own that come back: one at a time, so not all of them. */
final class LagProbe {
    private static final long LOST_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Ticker ticker;
    private final CacheCounter counter;
    private final AtomicReference<@Nullable Sent> underWay = new AtomicReference<>();

    private record Sent(EncodedKey key, long nanos) {}

    LagProbe(Ticker ticker, CacheCounter counter) {
        this.ticker = ticker;
        this.counter = counter;
    }

    /** A message about this key is about to be sent. */
    void sending(EncodedKey key) {
        Sent before = underWay.get();
        if (before == null) {
            underWay.compareAndSet(null, new Sent(key, ticker.nanos()));
        } else if (ticker.nanos() - before.nanos() > LOST_AFTER_NANOS) {
            underWay.compareAndSet(before, new Sent(key, ticker.nanos()));
        }
    }

    /** What was under way may have been lost. */
    void forget() {
        underWay.set(null);
    }

    void heard(EncodedKey key) {
        Sent sent = underWay.get();
        if (sent != null && sent.key().equals(key) && underWay.compareAndSet(sent, null)) {
            counter.invalidationLag(ticker.nanos() - sent.nanos());
        }
    }
}
