package dev.wellhead.cache;

import dev.wellhead.core.Ticker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What this process has written to Redis and will hear of, since Redis does not tell its watchers who writes. */
final class Echoes {
    /*
     * A write is noted before it is sent and taken back if it wrote nothing; the first news of its key that comes
     * afterwards is taken for its echo. Redis makes one of several news about a key that are close together: then one is
     * still expected that does not come, and for as long as it is remembered a change by somebody else may be taken for it.
     * Caches do not rely on this: they tell each other of their writes by messages.
     */
    private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Ticker ticker;
    private final ConcurrentHashMap<EncodedKey, Expected> expected = new ConcurrentHashMap<>();
    private volatile boolean wanted;

    private record Expected(int count, long until) {}

    /** Notes nothing until {@link #begin}. */
    Echoes(Ticker ticker) {
        this.ticker = ticker;
    }

    void begin() {
        wanted = true;
    }

    /** A write to the key is about to be sent. */
    void expect(EncodedKey key) {
        if (!wanted) {
            return;
        }
        long until = ticker.nanos() + REMEMBERED_NANOS;
        expected.merge(key, new Expected(1, until), (old, more) -> new Expected(old.count() + 1, until));
    }

    /** A write that was expected has written nothing, or is not known to have. */
    void forget(EncodedKey key) {
        take(key);
    }

    /** There is news of the key; returns whether it is of our own making. */
    boolean isOurs(EncodedKey key) {
        return take(key);
    }

    private boolean take(EncodedKey key) {
        long now = ticker.nanos();
        AtomicBoolean taken = new AtomicBoolean();
        expected.computeIfPresent(key, (same, there) -> {
            taken.set(there.until() - now > 0);
            return there.count() > 1 && taken.get() ? new Expected(there.count() - 1, there.until()) : null;
        });
        return taken.get();
    }

    /** Forgets what does not come any more. */
    void sweep() {
        long now = ticker.nanos();
        for (Map.Entry<EncodedKey, Expected> entry : expected.entrySet()) {
            if (entry.getValue().until() - now <= 0) {
                expected.remove(entry.getKey(), entry.getValue());
            }
        }
    }

    int size() {
        return expected.size();
    }
}
