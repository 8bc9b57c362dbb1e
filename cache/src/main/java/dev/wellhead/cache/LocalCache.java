package dev.wellhead.cache;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A near tier alone: what {@link Cache} promises, for one process. */
final class LocalCache<K, V extends @Nullable Object> implements Cache<K, V> {
    /*
     * No state but that of its parts. A write first moves the key's epoch on in the near tier, then detaches the flight: so
     * what a running loader brings is refused, and whoever calls after the write returned finds no old flight to join.
     */
    private final CacheBasics options;
    private final NearTier<K, V> near;
    private final Flights<K> flights;
    private final CacheCounter counter;
    private final MeasuredLoader measured;
    private final MetricSink.Registration size;
    private volatile boolean closed;

    LocalCache(CacheBasics options) {
        this.options = options;
        near = new NearTier<>(options.maximumSize(), options.ticker());
        flights = new Flights<>(options.name());
        counter = new CacheCounter(options.metrics(), options.name());
        measured = new MeasuredLoader(options.ticker(), counter);
        size = options.metrics().gauge("wellhead.cache.size", near::size, "cache", options.name());
    }

    @Override
    public <E extends Exception> V get(K key, CacheLoader<K, V, E> loader) throws E {
        ensureOpen();
        NearTier.Entry<V> entry = near.get(key);
        if (entry != null) {
            counter.nearHit();
            return entry.value();
        }
        counter.nearMiss();
        return flights.fly(key, counter::processWait, () -> fetch(key, loader));
    }

    private <E extends Exception> V fetch(K key, CacheLoader<K, V, E> loader) throws E {
        // The flight before this one may have landed since the caller looked.
        NearTier.Entry<V> entry = near.get(key);
        if (entry != null) {
            return entry.value();
        }
        long stamp = near.stamp(key);
        V value = measured.load(key, loader);
        OptionalLong life = options.lifetimes().of(value);
        if (life.isPresent() && !near.putIfUnchanged(key, value, life.getAsLong(), stamp)) {
            counter.fillRejected();
        }
        return value;
    }

    @Override
    public @Nullable V getIfPresent(K key) {
        ensureOpen();
        NearTier.Entry<V> entry = near.get(key);
        if (entry == null) {
            counter.nearMiss();
            return null;
        }
        counter.nearHit();
        return entry.value();
    }

    @Override
    public void put(K key, V value) {
        ensureOpen();
        near.set(key, value, options.lifetimes().required(value));
        flights.detach(key);
    }

    @Override
    public InvalidateResult invalidate(K key) {
        ensureOpen();
        near.drop(key);
        flights.detach(key);
        return InvalidateResult.DONE;
    }

    @Override
    public CacheStats stats() {
        return counter.stats(near.size(), 0);
    }

    @Override
    public Health health() {
        String who = "cache '" + options.name() + "' ";
        return closed ? Health.down(who + "is closed") : Health.up(who + "works");
    }

    @Override
    public void close() {
        closed = true;
        size.close();
        near.clear();
        flights.close();
    }

    private void ensureOpen() {
        if (closed) {
            throw CacheException.closed(options.name());
        }
    }
}
