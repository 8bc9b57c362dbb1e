package dev.wellhead.cache;

import dev.wellhead.core.Ticker;
import org.jspecify.annotations.Nullable;

/** Runs loaders and counts how long they take and how they end. */
record MeasuredLoader(Ticker ticker, CacheCounter counter) {
    <K, V extends @Nullable Object, E extends Exception> V load(K key, CacheLoader<K, V, E> loader) throws E {
        long start = ticker.nanos();
        boolean ok = false;
        try {
            V value = loader.load(key);
            ok = true;
            return value;
        } finally {
            counter.loaded(ticker.nanos() - start, ok);
        }
    }
}
