package dev.wellhead.ratelimit;

import dev.wellhead.core.Ticker;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who in this JVM is at work, by key, those included to whom Redis gave their permits. Nothing is kept of a key at which
 * nobody works. Thread-safe; never blocks but for a few instructions of another call of the same key.
 */
final class LocalPermits {
    private static final int ENTRIES_FOR_A_SWEEP = 1_024;

    private final Ticker ticker;
    // Each holder with the end of its lease. A holder's map is touched inside compute() alone.
    private final ConcurrentHashMap<String, Map<Object, Long>> atWork = new ConcurrentHashMap<>();
    private final AtomicInteger entries = new AtomicInteger();

    LocalPermits(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Lets one begin if fewer than so many are at work.
     *
     * @return zero if it may, else how long until the first lease is over
     */
    Duration enter(String id, Object holder, long permits, Duration lease) {
        sweepNowAndThen();
        long now = ticker.nanos();
        long[] wait = {0};
        atWork.compute(id, (same, holders) -> {
            Map<Object, Long> current = alive(holders, now);
            if (current.size() < permits) {
                current.put(holder, now + lease.toNanos());
            } else {
                // None at all may begin where a share is less than one.
                wait[0] = current.isEmpty() ? lease.toNanos() : Collections.min(current.values()) - now;
            }
            return current.isEmpty() ? null : current;
        });
        return Duration.ofNanos(wait[0]);
    }

    /** Lengthens the lease of one who is at work; false if it is over. */
    boolean renew(String id, Object holder, Duration lease) {
        long now = ticker.nanos();
        boolean[] renewed = {false};
        atWork.computeIfPresent(id, (same, holders) -> {
            Map<Object, Long> current = alive(holders, now);
            renewed[0] = current.replace(holder, now + lease.toNanos()) != null;
            return current.isEmpty() ? null : current;
        });
        return renewed[0];
    }

    void leave(String id, Object holder) {
        atWork.computeIfPresent(id, (same, holders) -> {
            holders.remove(holder);
            return holders.isEmpty() ? null : holders;
        });
    }

    /** Returns what renews and releases the permit of this holder. */
    Permit.Held held(String id, Object holder, Duration lease) {
        return new Permit.Held() {
            @Override
            public boolean renew() {
                return LocalPermits.this.renew(id, holder, lease);
            }

            @Override
            public void release() {
                leave(id, holder);
            }
        };
    }

    /** Returns at how many keys anybody works. */
    int keys() {
        return atWork.size();
    }

    private static Map<Object, Long> alive(@Nullable Map<Object, Long> holders, long now) {
        if (holders == null) {
            return new HashMap<>();
        }
        holders.values().removeIf(end -> end - now <= 0);
        return holders;
    }

    // Who died, or forgot to close, at a key that nobody asks for again.
    private void sweepNowAndThen() {
        if (entries.incrementAndGet() % ENTRIES_FOR_A_SWEEP == 0) {
            long now = ticker.nanos();
            for (String id : atWork.keySet()) {
                atWork.computeIfPresent(id, (same, holders) -> {
                    Map<Object, Long> current = alive(holders, now);
                    return current.isEmpty() ? null : current;
                });
            }
        }
    }
}
