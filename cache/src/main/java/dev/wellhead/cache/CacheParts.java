package dev.wellhead.cache;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What caches of both kinds are made of. */
record CacheParts<I, K, V extends @Nullable Object>(
        CacheBasics<K, V> options,
        NearTier<I, V> near,
        Judge judge,
        Flights<I> flights,
        Bulkhead bulkhead,
        Loads<K, V> loads,
        RecentFailures<I> failures,
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
                new RecentFailures<>(options.ticker(), options.failureNanos()),
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

    /**
     * Runs a loader, unless the key rests from a load that failed: then fails as that did.
     *
     * @param before what the last load of the key cost; 0 if unknown
     */
    <E extends Exception> Loads.Loaded<V> load(I id, K key, CacheLoader<K, V, E> loader, long before) throws E {
        Optional<Throwable> resting = failures.of(id);
        if (resting.isPresent()) {
            counter.loadSpared();
            // What a loader of the same key threw, as for those who join a flight.
            @SuppressWarnings("unchecked")
            E failure = (E) resting.get();
            throw failure;
        }
        long stamp = near.stamp(id);
        Loads.Loaded<V> loaded;
        try {
            loaded = loads.load(key, loader, before);
        } catch (Exception e) {
            failed(id, e, stamp);
            throw e;
        }
        failures.forget(id);
        return loaded;
    }

    /** @param stamp taken before the load: one that an invalidation overtook says nothing about the key of now */
    void failed(I id, Throwable cause, long stamp) {
        failures.failed(id, cause);
        if (near.stamp(id) != stamp) {
            failures.forget(id);
        }
    }

    /** Raises the near and the flight fence. */
    void forget(I id) {
        near.drop(id);
        failures.forget(id);
        flights.detach(id);
    }

    void forgetAll() {
        near.clear();
        failures.forgetAll();
        flights.detachAll();
    }

    void close() {
        near.clear();
        flights.close();
        bulkhead.close();
        workers.close();
    }
}
