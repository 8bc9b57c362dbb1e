package dev.wellhead.cache;

import org.jspecify.annotations.Nullable;

/** What caches of both kinds are made of. */
record CacheParts<I, K, V extends @Nullable Object>(
        CacheBasics<K, V> options,
        NearTier<I, V> near,
        Judge judge,
        Flights<I> flights,
        Bulkhead bulkhead,
        Loads<K, V> loads,
        Workers workers,
        Refresher<I> refresher,
        CacheCounter counter,
        Announcer announcer) {
    /** @param tags where the tags of this cache are known */
    static <I, K, V extends @Nullable Object> CacheParts<I, K, V> of(
            CacheBasics<K, V> options, CacheCounter counter, Announcer announcer, Judge.TagTables tags) {
        Bulkhead bulkhead = new Bulkhead(options.name(), options.maximumLoads());
        Workers workers = new Workers(options.name(), options.executor());
        return new CacheParts<>(
                options,
                new NearTier<>(options.maximumSize(), options.ticker()),
                new Judge(options.ticker(), options.staleness(), options.early(), tags),
                new Flights<>(options.name()),
                bulkhead,
                new Loads<>(options, bulkhead, counter, tags),
                workers,
                new Refresher<>(workers, options.maximumRefreshes()),
                counter,
                announcer);
    }

    String name() {
        return options.name();
    }

    Timeouts timeouts() {
        return options.timeouts();
    }

    /** Raises the near and the flight fence. */
    void forget(I id) {
        near.drop(id);
        flights.detach(id);
    }

    void forgetAll() {
        near.clear();
        flights.detachAll();
    }

    void close() {
        near.clear();
        flights.close();
        bulkhead.close();
        workers.close();
    }
}
