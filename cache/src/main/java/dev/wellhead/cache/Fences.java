package dev.wellhead.cache;

import dev.wellhead.core.Ticker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which keys of this process may not be filled, since somebody is about to change what is behind them. */
final class Fences<K> {
    private final Ticker ticker;
    private final ConcurrentHashMap<K, Map<Object, Long>> deadlines = new ConcurrentHashMap<>();

    Fences(Ticker ticker) {
        this.ticker = ticker;
    }

    void raise(K key, Object owner, long nanos) {
        long deadline = ticker.nanos() + nanos;
        deadlines.compute(key, (same, owners) -> {
            Map<Object, Long> raised = owners == null ? new ConcurrentHashMap<>() : owners;
            raised.put(owner, deadline);
            return raised;
        });
    }

    void lower(K key, Object owner) {
        deadlines.computeIfPresent(key, (same, owners) -> {
            owners.remove(owner);
            return owners.isEmpty() ? null : owners;
        });
    }

    boolean stands(K key) {
        if (deadlines.isEmpty()) {
            return false;
        }
        long now = ticker.nanos();
        return deadlines.computeIfPresent(key, (same, owners) -> {
                    owners.values().removeIf(deadline -> now - deadline >= 0);
                    return owners.isEmpty() ? null : owners;
                })
                != null;
    }
}
