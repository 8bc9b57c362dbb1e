package dev.wellhead.console;

import dev.wellhead.core.Ticker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Counts denials by limit and key over the last five to ten minutes, in bounded memory. Thread-safe. */
final class DeniedKeys {
    /*
     * Two tables: that of this period and that of the one before. A table that is full gives the place of the rarest key to a
     * new one, which inherits its count (the "space-saving" rule): a key that has more than one in MOST of a period's denials is
     * always in it, and no count is too low.
     */
    private static final int MOST = 256;
    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final Ticker ticker;
    private final ReentrantLock tableLock = new ReentrantLock();
    // Guarded by tableLock.
    private Map<Key, Count> current = new HashMap<>();
    private Map<Key, Count> before = new HashMap<>();
    private long periodNanos;

    private record Key(String limit, String hash) {}

    private static final class Count {
        long denied;

        Count(long denied) {
            this.denied = denied;
        }
    }

    /** How often a key was denied by a limit. */
    record Denied(String limit, String hash, long denied) {}

    DeniedKeys(Ticker ticker) {
        this.ticker = ticker;
        this.periodNanos = ticker.nanos();
    }

    void count(String limit, String hash) {
        Key key = new Key(limit, hash);
        tableLock.lock();
        try {
            turn();
            Count known = current.get(key);
            if (known != null) {
                known.denied++;
                return;
            }
            long inherited = 0;
            if (current.size() >= MOST) {
                Map.Entry<Key, Count> rarest = rarest();
                inherited = rarest.getValue().denied;
                current.remove(rarest.getKey());
            }
            current.put(key, new Count(inherited + 1));
        } finally {
            tableLock.unlock();
        }
    }

    /** Returns those that were denied most, the most denied first. */
    List<Denied> most(int atMost) {
        Map<Key, Long> sums = new HashMap<>();
        tableLock.lock();
        try {
            turn();
            current.forEach((key, count) -> sums.merge(key, count.denied, Long::sum));
            before.forEach((key, count) -> sums.merge(key, count.denied, Long::sum));
        } finally {
            tableLock.unlock();
        }
        List<Denied> all = new ArrayList<>();
        sums.forEach((key, denied) -> all.add(new Denied(key.limit(), key.hash(), denied)));
        all.sort(Comparator.comparingLong(Denied::denied).reversed().thenComparing(Denied::hash));
        return all.subList(0, Math.min(atMost, all.size()));
    }

    private void turn() {
        assert tableLock.isHeldByCurrentThread();
        long passed = ticker.nanos() - periodNanos;
        if (passed < PERIOD_NANOS) {
            return;
        }
        before = passed < 2 * PERIOD_NANOS ? current : new HashMap<>();
        current = new HashMap<>();
        periodNanos += passed - passed % PERIOD_NANOS;
    }

    private Map.Entry<Key, Count> rarest() {
        assert tableLock.isHeldByCurrentThread();
        return current.entrySet().stream()
                .min(Comparator.comparingLong(entry -> entry.getValue().denied))
                .orElseThrow();
    }
}
