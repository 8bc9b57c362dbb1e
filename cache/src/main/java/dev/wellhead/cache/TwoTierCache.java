package dev.wellhead.cache;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.redis.RedisUnavailableException;
import dev.wellhead.redis.Subscription;
import dev.wellhead.redis.Tracking;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;

/** A near tier in front of Redis, and the protocol that keeps the two and the other nodes in step. */
final class TwoTierCache<K, V extends @Nullable Object> implements Cache<K, V>, Channel.Receiver, KeyWatch.Receiver {
    /*
     * What a reader does, from the nearest to the farthest: near tier; somebody's flight for the key in this process;
     * value in Redis; somebody's lease for the key in the fleet; the loader. Three fences keep what was read before an
     * invalidation from being kept after it:
     *
     *   near tier   the stamp, taken before the value is read from Redis or loaded
     *   Redis       the lease, which an invalidation deletes together with the value
     *   flights     an invalidation detaches them
     *
     * An invalidation raises the near and the flight fence before it goes to Redis, so that nothing old is served while it
     * is under way, and once more after it, since a reader may have read from Redis between the two. Then it returns: a get
     * that starts later on this node finds no old value in any of the three. Other nodes do the same when the message
     * reaches them. Invalidated tags are told from the table, by a version that each load notes before it begins.
     *
     * All state lives in the parts; no lock is held here.
     */
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FAREWELL_MILLIS = 1000;
    private static final EncodedKey PULSE = new EncodedKey(FarTerms.NOTHING);

    private final TwoTierOptions<K, V> options;
    private final String name;
    private final KeyCodec<K> keyCodec;
    private final CacheParts<EncodedKey, K, V> parts;
    private final FarTerms terms;
    private final Generations generations;
    private final FarWrites writes;
    private final FarTier far;
    private final FarValues<V> values;
    private final FarSource<K, V> source;
    private final NearKeeper<V> keeper;
    private final ReadThrough<EncodedKey, K, V> reads;
    private final AsyncReads<EncodedKey, K, V> asyncReads;
    private final BulkReads<EncodedKey, K, V> bulkReads;
    private final Arrivals arrivals = new Arrivals();
    private final Channel channel;
    // Null if only caches are to be heard.
    private final @Nullable KeyWatch watch;
    private final @Nullable Tracking tracking;
    private final LagProbe lag;
    private final Subscription subscription;
    private final List<MetricSink.Registration> gauges;
    private volatile boolean closed;

    private TwoTierCache(TwoTierOptions<K, V> options, KeyCodec<K> keyCodec, Codec<@NonNull V> codec) {
        CacheBasics<K, V> basics = options.basics();
        this.options = options;
        this.keyCodec = keyCodec;
        name = basics.name();
        CacheCounter counter = new CacheCounter(basics.metrics(), name);
        Announcer announcer = new Announcer(name, basics.listener());
        terms = FarTerms.of(options, new SecureRandom(), announcer);
        generations = new Generations(terms, basics.lifetimes(), basics.staleness(), this::generationChanged);
        writes = new FarWrites(terms, generations, options.maximumQueuedInvalidations());
        far = new FarTier(terms, generations, writes);
        parts = CacheParts.of(basics, counter, announcer, generations);
        Compression compression = new Compression(options.compressAbove(), options.maximumValueBytes());
        values = new FarValues<>(codec, options.maximumValueBytes(), compression, counter, announcer);
        channel = new Channel(terms.origin(), this);
        watch = options.watchesKeys() ? new KeyWatch(terms, this) : null;
        keeper = new NearKeeper<>(parts.near(), counter, this::hearsAll, options.nearNanos(), options.awayNanos());
        source = new FarSource<>(parts, far, values, arrivals, keeper);
        reads = new ReadThrough<>(parts, source);
        asyncReads = new AsyncReads<>(parts, reads, new AsyncFarSource<>(parts, far, source, arrivals, keeper));
        bulkReads =
                new BulkReads<>(parts, reads, new FarBulkSource<>(parts, far, new FarBulk(terms, far), source, keeper));
        lag = new LagProbe(basics.ticker(), counter);
        gauges = List.of(
                basics.metrics().gauge("wellhead.cache.size", parts.near()::size, "cache", name),
                basics.metrics().gauge("wellhead.cache.invalidations.queued", writes::queued, "cache", name),
                basics.metrics().gauge("wellhead.cache.redis.away", () -> isRedisAway() ? 1 : 0, "cache", name));
        subscription = options.redis().subscribe(terms.keys().channel(), channel);
        tracking = watch == null ? null : track(watch);
    }

    private Tracking track(KeyWatch watching) {
        terms.echoes().begin();
        return options.redis().track(terms.keys().valuePrefix(), watching);
    }

    private boolean hearsAll() {
        return channel.isOpen() && (watch == null || watch.isOpen());
    }

    /** Builds the cache and starts what runs in the background. */
    static <K, V extends @Nullable Object> TwoTierCache<K, V> open(
            TwoTierOptions<K, V> options, KeyCodec<K> keyCodec, Codec<@NonNull V> codec) {
        TwoTierCache<K, V> cache = new TwoTierCache<>(options, keyCodec, codec);
        cache.parts.workers().timer().scheduleWithFixedDelay(cache::tick, 0, TICK_NANOS, TimeUnit.NANOSECONDS);
        return cache;
    }

    @Override
    public <E extends Exception> V get(K key, CacheLoader<K, V, E> loader) throws E {
        ensureOpen();
        return reads.get(encoded(key), key, loader);
    }

    @Override
    public CompletableFuture<V> getAsync(K key, Function<? super K, ? extends CompletionStage<? extends V>> loader) {
        ensureOpen();
        return asyncReads.get(encoded(key), key, loader);
    }

    @Override
    public <E extends Exception> Map<K, V> getAll(
            Collection<? extends K> keys, CacheLoader<? super Set<K>, ? extends Map<K, V>, E> loader) throws E {
        ensureOpen();
        return bulkReads.get(keys, this::encoded, loader);
    }

    @Override
    public @Nullable V getIfPresent(K key) {
        ensureOpen();
        EncodedKey id = encoded(key);
        Optional<ReadThrough.Box<V>> found = reads.peek(id);
        if (found.isPresent()) {
            return found.get().value();
        }
        long stamp = parts.near().stamp(id);
        FarReply reply = far.peek(id).orElse(null);
        if (reply instanceof FarReply.Hit hit) {
            Optional<ReadThrough.Box<V>> served = source.take(id, hit, stamp, new Attempt<>());
            if (served.isPresent()) {
                return served.get().value();
            }
        }
        if (reply instanceof FarReply.Away) {
            parts.counter().away();
        } else {
            parts.counter().farMiss();
        }
        return null;
    }

    @Override
    public void put(K key, V value) {
        ensureOpen();
        EncodedKey id = encoded(key);
        far.learnGeneration();
        Meta meta = parts.loads().put(key, value);
        parts.flights().detach(id);
        long stamp = parts.near().stamp(id);
        Optional<byte[]> frame = values.write(value, meta, far.nowMicros(id));
        lag.sending(id);
        boolean stored = frame.isPresent()
                ? writes.put(id, frame.get(), meta)
                : writes.invalidate(id, FarTerms.NOTHING) == InvalidateResult.DONE;
        if (!stored) {
            parts.counter().away();
        }
        keeper.replace(id, value, meta, frame.map(Mark::of).orElse(Mark.NONE), stored, stamp);
        parts.failures().forget(id);
        parts.flights().detach(id);
    }

    @Override
    public InvalidateResult invalidate(K key) {
        ensureOpen();
        return invalidate(encoded(key), FarTerms.NOTHING);
    }

    private InvalidateResult invalidate(EncodedKey id, byte[] fence) {
        parts.forget(id);
        lag.sending(id);
        InvalidateResult result = writes.invalidate(id, fence);
        parts.forget(id);
        return counted(result);
    }

    private InvalidateResult counted(InvalidateResult result) {
        if (result != InvalidateResult.DONE) {
            parts.counter().away();
        }
        return parts.counter().invalidated(result);
    }

    @Override
    public InvalidateResult invalidateTag(String tag) {
        ensureOpen();
        Tags.checked(tag);
        InvalidateResult result = writes.invalidateTag(tag);
        if (result == InvalidateResult.DONE) {
            // Whose values will have the tag is not known yet: nobody may join them any more.
            parts.flights().detachAll();
        } else {
            // It has no version yet that near values could be told by.
            parts.forgetAll();
        }
        return counted(result);
    }

    @Override
    public InvalidateResult clear() {
        ensureOpen();
        parts.forgetAll();
        InvalidateResult result = writes.clear();
        parts.forgetAll();
        return counted(result);
    }

    @Override
    public Fence fence(K key, Duration longest) {
        ensureOpen();
        long longestNanos = CacheBuilder.lifeNanos("longest", longest);
        EncodedKey id = encoded(key);
        byte[] token = terms.token();
        parts.forget(id);
        boolean raised = writes.fence(id, token, longestNanos).isPresent();
        parts.forget(id);
        return new RaisedFence(raised, () -> invalidate(id, token));
    }

    @Override
    public CacheStats stats() {
        return parts.counter().stats(parts.near().size(), writes.queued(), isRedisAway());
    }

    private boolean isRedisAway() {
        return options.redis().stats().breakerOpen();
    }

    @Override
    public Health health() {
        String who = "cache '" + name + "' ";
        if (closed) {
            return Health.down(who + "is closed");
        }
        int queued = writes.queued();
        Health own = queued > 0
                ? Health.degraded(who + "has " + queued + " invalidations to send; other nodes may serve those values")
                : hearsAll()
                        ? Health.up(who + "works")
                        : Health.degraded(who + "does not hear other nodes; near values are kept only briefly");
        return own.worse(options.redis().health());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        subscription.close();
        if (tracking != null) {
            tracking.close();
        }
        parts.close();
        arrivals.allArrived();
        gauges.forEach(MetricSink.Registration::close);
        sendLast();
    }

    private void sendLast() {
        try {
            writes.flush().toCompletableFuture().get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            parts.announcer().lost(writes.queued());
        }
    }

    @Override
    public void invalidated(EncodedKey key) {
        parts.forget(key);
    }

    @Override
    public void freed(EncodedKey key) {
        arrivals.arrived(key);
    }

    @Override
    public void tagInvalidated(byte[] generationTagAndVersion) {
        generations.heardTag(generationTagAndVersion);
        parts.flights().detachAll();
    }

    @Override
    public void echoed(EncodedKey key) {
        lag.heard(key);
    }

    @Override
    public void generationAnnounced() {
        generations.askAgain();
    }

    @Override
    public void opened() {
        generations.doubt();
        parts.forgetAll();
        arrivals.allArrived();
        lag.forget();
        generations.refresh(false);
        writes.flush();
        parts.announcer().nearTierOpened();
    }

    @Override
    public void closed() {
        parts.near().clear();
        parts.announcer().nearTierClosed();
    }

    @Override
    public void changed(EncodedKey key) {
        // A load under way may go on: whoever changes the row behind it says so to a cache.
        parts.near().drop(key);
        arrivals.arrived(key);
    }

    @Override
    public void allGone() {
        parts.near().clear();
        arrivals.allArrived();
        generations.askAgain();
    }

    @Override
    public void watchOpened() {
        parts.near().clear();
        arrivals.allArrived();
    }

    @Override
    public void watchClosed() {
        parts.near().clear();
    }

    @Override
    public void watchRefused(RedisUnavailableException why) {
        parts.announcer().trackingRefused(why);
    }

    private void generationChanged() {
        parts.forgetAll();
        arrivals.allArrived();
        parts.announcer().generationChanged();
    }

    private void tick() {
        boolean pulse = channel.tick();
        if (pulse) {
            lag.sending(PULSE);
        }
        generations.refresh(pulse);
        writes.flush();
        parts.near().sweep();
        terms.echoes().sweep();
    }

    private EncodedKey encoded(K key) {
        return new EncodedKey(keyCodec.encode(key));
    }

    private void ensureOpen() {
        if (closed) {
            throw CacheException.closed(name);
        }
    }
}
