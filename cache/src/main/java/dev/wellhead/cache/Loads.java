package dev.wellhead.cache;

import java.util.Collection;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Runs loaders, within the bulkhead, and says of what they bring how long it may be kept and what it belongs to. */
final class Loads<K, V extends @Nullable Object> {
    private final CacheBasics<K, V> options;
    private final Bulkhead bulkhead;
    private final CacheCounter counter;
    private final Judge.TagTables tags;

    /**
     * What a loader brought.
     *
     * @param meta null if it is not to be kept
     */
    record Loaded<V extends @Nullable Object>(
            V value, @Nullable Meta meta) {}

    /** A load under way: when it began, by our ticker and by the tags' clock, and whose clock that was. */
    record Start(long nanos, TagTable tags, long tagVersion) {}

    Loads(CacheBasics<K, V> options, Bulkhead bulkhead, CacheCounter counter, Judge.TagTables tags) {
        this.options = options;
        this.bulkhead = bulkhead;
        this.counter = counter;
        this.tags = tags;
    }

    /** @param before what the last load of the key cost; 0 if unknown */
    <E extends Exception> Loaded<V> load(K key, CacheLoader<K, V, E> loader, long before) throws E {
        return bulkhead.run(() -> {
            Start start = start();
            V value = measured(start, () -> loader.load(key));
            return loaded(key, value, start, before);
        });
    }

    /** Runs something that loads, and counts how long it takes and how it ends. */
    <T extends @Nullable Object, E extends Exception> T measured(Start start, Flights.Body<T, E> body) throws E {
        boolean ok = false;
        try {
            T result = body.run();
            ok = true;
            return result;
        } finally {
            ended(start, ok);
        }
    }

    void ended(Start start, boolean ok) {
        counter.loaded(options.ticker().nanos() - start.nanos(), ok);
    }

    Start start() {
        // First: what was invalidated before is known to this version, or counts as later.
        TagTable table = tags.current();
        long version = table.known();
        return new Start(options.ticker().nanos(), table, version);
    }

    /** Returns what to do with a value that was loaded. */
    Loaded<V> loaded(K key, V value, Start start, long before) {
        long cost = Math.max(0, options.ticker().nanos() - start.nanos());
        // Never below the last one, and slow to forget a dearer one before.
        long remembered = Math.max(cost, (3 * before + cost) / 4);
        OptionalLong life = options.lifetimes().of(value);
        Meta meta = life.isEmpty() ? null : meta(key, value, life.getAsLong(), remembered, start);
        if (meta != null && !tags.current().holds(meta.tags())) {
            // Nobody could be served it, and a younger value may be there already, or another generation.
            counter.fillRejected();
            return new Loaded<>(value, null);
        }
        return new Loaded<>(value, meta);
    }

    /**
     * Returns what to store with a value that is put.
     *
     * @throws NullPointerException if it is a null that is not to be kept
     */
    Meta put(K key, V value) {
        return meta(key, value, options.lifetimes().required(value), 0, start());
    }

    private Meta meta(K key, V value, long life, long cost, Start start) {
        long grace = value == null ? 0 : options.staleness().graceNanos();
        BiFunction<? super K, ? super V, ? extends Collection<String>> tagger = options.tags();
        Tags tags = tagger == null ? Tags.NONE : Tags.of(start.tags(), start.tagVersion(), tagger.apply(key, value));
        return new Meta(life, grace, cost, tags);
    }
}
