package dev.wellhead.cache;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.internal.DaemonThreads;
import dev.wellhead.redis.Subscription;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;

/** A near tier in front of Redis, and the protocol that keeps the two and the other nodes in step. */
final class TwoTierCache<K, V extends @Nullable Object> implements Cache<K, V>, Channel.Receiver {
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
     * reaches them.
     *
     * All state lives in the parts; no lock is held here.
     */
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long HOLDER_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FAREWELL_MILLIS = 1000;

    private final TwoTierOptions options;
    private final String name;
    private final Lifetimes lifetimes;
    private final KeyCodec<K> keyCodec;
    private final FarValues<V> values;
    private final NearTier<EncodedKey, V> near;
    private final Flights<EncodedKey> flights;
    private final FarTier far;
    private final Arrivals arrivals = new Arrivals();
    private final Channel channel;
    private final Bulkhead bulkhead;
    private final CacheCounter counter;
    private final MeasuredLoader measured;
    private final Announcer announcer;
    private final ScheduledThreadPoolExecutor timer;
    private final Subscription subscription;
    private final List<MetricSink.Registration> gauges;
    private volatile boolean closed;

    private TwoTierCache(TwoTierOptions options, KeyCodec<K> keyCodec, Codec<@NonNull V> codec) {
        CacheBasics basics = options.basics();
        this.options = options;
        this.keyCodec = keyCodec;
        name = basics.name();
        lifetimes = basics.lifetimes();
        counter = new CacheCounter(basics.metrics(), name);
        announcer = new Announcer(name, basics.listener());
        measured = new MeasuredLoader(basics.ticker(), counter);
        values = new FarValues<>(codec, options.maximumValueBytes(), counter, announcer);
        near = new NearTier<>(basics.maximumSize(), basics.ticker());
        flights = new Flights<>(name);
        bulkhead = new Bulkhead(name, options.maximumLoadsWhileAway());
        long origin = new SecureRandom().nextLong();
        FarKeys keys = new FarKeys(name, options.schemaVersion());
        far = new FarTier(options, keys, origin, announcer, this::generationChanged);
        channel = new Channel(origin, this);
        timer = timer(name);
        gauges = List.of(
                basics.metrics().gauge("wellhead.cache.size", near::size, "cache", name),
                basics.metrics().gauge("wellhead.cache.invalidations.queued", far::queued, "cache", name));
        subscription = options.redis().subscribe(keys.channel(), channel);
    }

    /** Builds the cache and starts what runs in the background. */
    static <K, V extends @Nullable Object> TwoTierCache<K, V> open(
            TwoTierOptions options, KeyCodec<K> keyCodec, Codec<@NonNull V> codec) {
        TwoTierCache<K, V> cache = new TwoTierCache<>(options, keyCodec, codec);
        cache.timer.scheduleWithFixedDelay(cache::tick, 0, TICK_NANOS, TimeUnit.NANOSECONDS);
        return cache;
    }

    private static ScheduledThreadPoolExecutor timer(String name) {
        // What is scheduled after close() is not worth an exception: a lease that is not renewed ends by itself.
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, DaemonThreads.of("cache", name), new ThreadPoolExecutor.DiscardPolicy());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    @Override
    public <E extends Exception> V get(K key, CacheLoader<K, V, E> loader) throws E {
        ensureOpen();
        EncodedKey id = encoded(key);
        NearTier.Entry<V> entry = near.get(id);
        if (entry != null) {
            counter.nearHit();
            return entry.value();
        }
        counter.nearMiss();
        return flights.fly(id, counter::processWait, () -> fetch(id, key, loader));
    }

    private <E extends Exception> V fetch(EncodedKey id, K key, CacheLoader<K, V, E> loader) throws E {
        // The flight before this one may have landed since the caller looked.
        NearTier.Entry<V> entry = near.get(id);
        if (entry != null) {
            return entry.value();
        }
        byte[] unreadable = null;
        CompletableFuture<Void> arrival = null;
        try {
            while (true) {
                ensureOpen();
                long stamp = near.stamp(id);
                FarReply reply = far.getOrLease(id, unreadable);
                if (reply instanceof FarReply.Hit hit) {
                    Optional<FarValues.Decoded<V>> read = readFar(id, hit, stamp);
                    if (read.isPresent()) {
                        return read.get().value();
                    }
                    unreadable = hit.frame();
                } else if (reply instanceof FarReply.Leased leased) {
                    counter.farMiss();
                    return loadLeased(id, key, loader, leased.lease(), stamp);
                } else if (reply instanceof FarReply.Busy busy) {
                    if (arrival == null) {
                        arrival = arrivals.expect(id);
                    } else {
                        awaitHolder(arrival, busy);
                        arrivals.arrived(id);
                        arrival = null;
                    }
                } else {
                    counter.away();
                    return loadAlone(id, key, loader, stamp);
                }
            }
        } finally {
            if (arrival != null) {
                arrivals.arrived(id);
            }
        }
    }

    private <E extends Exception> V loadLeased(
            EncodedKey id, K key, CacheLoader<K, V, E> loader, Lease lease, long stamp) throws E {
        V value;
        lease.keepAlive(timer);
        try {
            value = measured.load(key, loader);
        } catch (Throwable e) {
            lease.abandon();
            throw e;
        } finally {
            lease.rest();
        }
        OptionalLong life = lifetimes.of(value);
        if (life.isEmpty()) {
            lease.abandon();
            return value;
        }
        Optional<byte[]> frame = values.write(value, far.nowMicros());
        switch (frame.isPresent() ? lease.fill(frame.get(), life.getAsLong()) : lease.release()) {
            case MINE -> keep(id, value, life.getAsLong(), stamp);
            case LOST -> counter.fillRejected();
            case UNKNOWN -> {
                counter.away();
                keepBriefly(id, value, life.getAsLong(), stamp);
            }
        }
        return value;
    }

    private <E extends Exception> V loadAlone(EncodedKey id, K key, CacheLoader<K, V, E> loader, long stamp) throws E {
        V value = bulkhead.run(() -> measured.load(key, loader));
        OptionalLong life = lifetimes.of(value);
        if (life.isPresent()) {
            keepBriefly(id, value, life.getAsLong(), stamp);
        }
        return value;
    }

    private void awaitHolder(CompletableFuture<Void> arrival, FarReply.Busy busy) {
        counter.fleetWait();
        Thread holder = busy.holder();
        if (holder != null) {
            flights.waitFor(holder);
        }
        try {
            arrival.get(busy.remainingNanos() + HOLDER_GRACE_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // The holder died, or its message was lost: Redis knows.
            return;
        } catch (InterruptedException e) {
            throw CacheException.interrupted(name, e);
        } catch (ExecutionException e) {
            throw new AssertionError("nobody fails an arrival", e);
        } finally {
            if (holder != null) {
                flights.landed();
            }
        }
    }

    @Override
    public @Nullable V getIfPresent(K key) {
        ensureOpen();
        EncodedKey id = encoded(key);
        NearTier.Entry<V> entry = near.get(id);
        if (entry != null) {
            counter.nearHit();
            return entry.value();
        }
        counter.nearMiss();
        long stamp = near.stamp(id);
        FarReply reply = far.peek(id).orElse(null);
        if (reply instanceof FarReply.Hit hit) {
            Optional<FarValues.Decoded<V>> read = readFar(id, hit, stamp);
            return read.isPresent() ? read.get().value() : null;
        } else if (reply instanceof FarReply.Away) {
            counter.away();
        } else {
            counter.farMiss();
        }
        return null;
    }

    @Override
    public void put(K key, V value) {
        ensureOpen();
        long life = lifetimes.required(value);
        EncodedKey id = encoded(key);
        flights.detach(id);
        long stamp = near.stamp(id);
        Optional<byte[]> frame = values.write(value, far.nowMicros());
        boolean stored =
                frame.isPresent() ? far.put(id, frame.get(), life) : far.invalidate(id) == InvalidateResult.DONE;
        if (!stored) {
            counter.away();
        }
        long longest = stored && channel.isOpen() ? options.nearNanos() : options.awayNanos();
        near.replace(id, value, Math.min(life, longest), stamp);
        flights.detach(id);
    }

    @Override
    public InvalidateResult invalidate(K key) {
        ensureOpen();
        EncodedKey id = encoded(key);
        forget(id);
        InvalidateResult result = far.invalidate(id);
        forget(id);
        if (result == InvalidateResult.QUEUED) {
            counter.away();
        }
        return result;
    }

    @Override
    public CacheStats stats() {
        return counter.stats(near.size(), far.queued());
    }

    @Override
    public Health health() {
        String who = "cache '" + name + "' ";
        if (closed) {
            return Health.down(who + "is closed");
        }
        int queued = far.queued();
        Health own = queued > 0
                ? Health.degraded(who + "has " + queued + " invalidations to send; other nodes may serve those values")
                : channel.isOpen()
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
        timer.shutdownNow();
        near.clear();
        flights.close();
        arrivals.allArrived();
        bulkhead.close();
        gauges.forEach(MetricSink.Registration::close);
        sendLast();
    }

    private void sendLast() {
        try {
            far.flush().toCompletableFuture().get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            announcer.lost(far.queued());
        }
    }

    @Override
    public void invalidated(EncodedKey key) {
        forget(key);
    }

    @Override
    public void freed(EncodedKey key) {
        arrivals.arrived(key);
    }

    @Override
    public void generationAnnounced() {
        far.refresh(false);
    }

    @Override
    public void opened() {
        near.clear();
        flights.detachAll();
        arrivals.allArrived();
        far.refresh(false);
        far.flush();
        announcer.nearTierOpened();
    }

    @Override
    public void closed() {
        near.clear();
        announcer.nearTierClosed();
    }

    private void generationChanged() {
        near.clear();
        flights.detachAll();
        arrivals.allArrived();
        announcer.generationChanged();
    }

    private void tick() {
        far.refresh(channel.tick());
        far.flush();
    }

    /** Raises the near and the flight fence. */
    private void forget(EncodedKey id) {
        near.drop(id);
        flights.detach(id);
    }

    /** Returns the value if it can be read, and keeps it. */
    private Optional<FarValues.Decoded<V>> readFar(EncodedKey id, FarReply.Hit hit, long stamp) {
        Optional<FarValues.Decoded<V>> read = values.read(hit.frame());
        if (read.isPresent()) {
            counter.farHit();
            keep(id, read.get().value(), hit.remainingNanos(), stamp);
        }
        return read;
    }

    private void keep(EncodedKey id, V value, long lifeNanos, long stamp) {
        long longest = channel.isOpen() ? options.nearNanos() : options.awayNanos();
        keepAtMost(longest, id, value, lifeNanos, stamp);
    }

    private void keepBriefly(EncodedKey id, V value, long lifeNanos, long stamp) {
        keepAtMost(options.awayNanos(), id, value, lifeNanos, stamp);
    }

    private void keepAtMost(long longest, EncodedKey id, V value, long lifeNanos, long stamp) {
        if (!near.putIfUnchanged(id, value, Math.min(lifeNanos, longest), stamp)) {
            counter.nearRefused();
        }
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
