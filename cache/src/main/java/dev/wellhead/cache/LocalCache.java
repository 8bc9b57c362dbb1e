package dev.wellhead.cache;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A near tier alone: what {@link Cache} promises, for one process. */
final class LocalCache<K, V extends @Nullable Object> implements Cache<K, V> {
    /*
     * No state but that of its parts. A write first moves the key's epoch on in the near tier, then detaches the flight: so
     * what a running loader brings is refused, and whoever calls after the write returned finds no old flight to join.
     */
    private static final int REMEMBERED_TAGS = 10_000;

    private final CacheParts<K, K, V> parts;
    private final TagTable tags;
    private final Fences<K> fences;
    private final ReadThrough<K, K, V> reads;
    private final AsyncReads<K, K, V> asyncReads;
    private final BulkReads<K, K, V> bulkReads;
    private final MetricSink.Registration size;
    private volatile boolean closed;

    private LocalCache(CacheParts<K, K, V> parts, TagTable tags) {
        CacheBasics<K, V> options = parts.options();
        this.parts = parts;
        this.tags = tags;
        fences = new Fences<>(options.ticker());
        LocalSource<K, V> source = new LocalSource<>(parts, fences);
        reads = new ReadThrough<>(parts, source);
        asyncReads = new AsyncReads<>(parts, reads, source);
        bulkReads = new BulkReads<>(parts, reads, source);
        size = options.metrics().gauge("wellhead.cache.size", parts.near()::size, "cache", options.name());
    }

    static <K, V extends @Nullable Object> LocalCache<K, V> open(CacheBasics<K, V> options) {
        TagTable tags = new TagTable(REMEMBERED_TAGS);
        CacheCounter counter = new CacheCounter(options.metrics(), options.name());
        Announcer announcer = new Announcer(options.name(), options.listener());
        return new LocalCache<>(CacheParts.of(options, counter, announcer, () -> tags), tags);
    }

    @Override
    public <E extends Exception> V get(K key, CacheLoader<K, V, E> loader) throws E {
        ensureOpen();
        return reads.get(key, key, loader);
    }

    @Override
    public CompletableFuture<V> getAsync(K key, Function<? super K, ? extends CompletionStage<? extends V>> loader) {
        ensureOpen();
        return asyncReads.get(key, key, loader);
    }

    @Override
    public <E extends Exception> Map<K, V> getAll(
            Collection<? extends K> keys, CacheLoader<? super Set<K>, ? extends Map<K, V>, E> loader) throws E {
        ensureOpen();
        return bulkReads.get(keys, key -> key, loader);
    }

    @Override
    public @Nullable V getIfPresent(K key) {
        ensureOpen();
        Optional<ReadThrough.Box<V>> found = reads.peek(key);
        return found.isPresent() ? found.get().value() : null;
    }

    @Override
    public void put(K key, V value) {
        ensureOpen();
        Meta meta = parts.loads().put(key, value);
        parts.near().set(key, new NearTier.Draft<>(value, meta, meta.lifeNanos(), meta.keptNanos(), Mark.NONE));
        parts.failures().forget(key);
        parts.flights().detach(key);
    }

    @Override
    public InvalidateResult invalidate(K key) {
        ensureOpen();
        parts.forget(key);
        return parts.counter().invalidated(InvalidateResult.DONE);
    }

    @Override
    public InvalidateResult invalidateTag(String tag) {
        ensureOpen();
        tags.invalidate(Tags.checked(tag));
        // Whose values will have the tag is not known yet: nobody may join them any more.
        parts.flights().detachAll();
        return parts.counter().invalidated(InvalidateResult.DONE);
    }

    @Override
    public InvalidateResult clear() {
        ensureOpen();
        parts.forgetAll();
        return parts.counter().invalidated(InvalidateResult.DONE);
    }

    @Override
    public Fence fence(K key, Duration longest) {
        ensureOpen();
        Object owner = new Object();
        fences.raise(key, owner, CacheBuilder.lifeNanos("longest", longest));
        parts.forget(key);
        return new RaisedFence(true, () -> {
            fences.lower(key, owner);
            return invalidate(key);
        });
    }

    @Override
    public CacheStats stats() {
        return parts.counter().stats(parts.near().size(), 0, false);
    }

    @Override
    public Health health() {
        String who = "cache '" + parts.name() + "' ";
        return closed ? Health.down(who + "is closed") : Health.up(who + "works");
    }

    @Override
    public void close() {
        closed = true;
        size.close();
        parts.close();
    }

    private void ensureOpen() {
        if (closed) {
            throw CacheException.closed(parts.name());
        }
    }
}
