package dev.wellhead.cache;

import dev.wellhead.core.Health;
import dev.wellhead.core.internal.Options;
import dev.wellhead.redis.Redis;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;

/**
 * Values by key, loaded when they are absent, at most once at a time for each key: in the whole fleet, or in this process
 * for a local cache. Values are shared between callers and must not be changed.
 *
 * <p>After {@link #invalidate} or {@link #put} has returned, no {@link #get} that starts later on this node returns an older
 * value, however long a loader that began before takes. Other nodes follow as soon as the message reaches them.
 *
 * <p>Redis that is slow, away or full never makes a call throw: calls go on with the near tier and the loader.
 *
 * <p>Thread-safe. Whoever builds it closes it, and closes it before the {@link Redis} it uses.
 */
public interface Cache<K, V extends @Nullable Object> extends AutoCloseable {
    /**
     * Starts the options of a cache with a near tier in this process and a far tier in Redis.
     *
     * @param name names the cache in messages, metrics and Redis: caches of the same name and schema version share values
     */
    static <K, V extends @Nullable Object> Builder<K, V> builder(
            String name, Redis redis, KeyCodec<K> keys, Codec<@NonNull V> values) {
        return new Builder<>(name, redis, keys, values);
    }

    /**
     * Starts the options of a cache in this process only. Its keys are told apart by their {@code equals}.
     *
     * @param name names the cache in messages and metrics
     */
    static <K, V extends @Nullable Object> LocalBuilder<K, V> local(String name) {
        return new LocalBuilder<>(name);
    }

    /**
     * Returns the value of the key, and loads it if it is absent. The loader runs in this thread, unless a load timeout is
     * set, or somebody loads the key already: then this call waits for that load, as long as it takes, and returns its value or throws its exception,
     * unchanged. A load that is waited for in another process counts as dead once its lease runs out unrenewed.
     *
     * <p>A loader may also be kept and run in a thread of the cache, a while after this call: to refresh a value ahead of
     * its expiry. It must not depend on what ends with the call, such as a transaction; or else have that turned off: {@code
     * stampedeProtection(StampedeProtection.lease())}.
     *
     * <p>Null is returned if the loader does so; it is kept for a short time of its own, {@link CacheBuilder#cacheNulls}.
     *
     * @throws E what the loader throws; nothing is kept then
     * @throws CacheException if the thread is interrupted while it waits for another caller's load, if the loader asks for
     *     the key it loads, if the load takes longer than {@link CacheBuilder#hardLoadTimeout}, or if the cache is closed
     */
    <E extends Exception> V get(K key, CacheLoader<K, V, E> loader) throws E;

    /**
     * Returns the value of the key as {@link #get} does, without blocking any thread while others load it. The loader is
     * called in a thread of the cache, at most once at a time for the key, and must not block; a place in {@link
     * CacheBuilder#maximumLoads} is held until its stage is done. Cancelling the future changes nothing for others. A loader
     * whose stage waits for its own key is not noticed: {@link CacheBuilder#hardLoadTimeout} ends that wait.
     *
     * @return fails with what the loader's stage failed with, or a {@link CacheException}; completes in a thread of the
     *     cache, whose time is short
     */
    CompletableFuture<V> getAsync(K key, Function<? super K, ? extends CompletionStage<? extends V>> loader);

    /**
     * Returns the values of these keys; those without a value are not in the map. What no tier has and nobody loads is
     * loaded by one call of the loader, in this thread; Redis is asked once and answers once, however many keys there are
     * (up to 128 at a time). For what others load, this call waits afterwards, and loads it if they fail, a key at a time.
     * {@link CacheBuilder#hardLoadTimeout} bounds no bulk load.
     *
     * @param loader gets the keys to load, in no order; a key that its map lacks has no value
     * @throws E what the loader throws; values found before are lost to the caller, not to the cache
     * @throws CacheException as for {@link #get}
     */
    <E extends Exception> Map<K, V> getAll(
            Collection<? extends K> keys, CacheLoader<? super Set<K>, ? extends Map<K, V>, E> loader) throws E;

    /**
     * Returns the value if the near tier or Redis has it; else null, as for a null that is kept. Loads nothing and waits for
     * no load; one call to Redis at most, unless an earlier invalidation has to be sent first.
     *
     * @throws CacheException if the cache is closed
     */
    @Nullable V getIfPresent(K key);

    /**
     * Stores the value in both tiers, over whatever is there; loads under way cannot overwrite it. What it
     * cost to come by is not known, so it is not refreshed ahead of its expiry. If Redis is away, the
     * value stays in the near tier briefly, and an invalidation is queued in its place.
     *
     * @throws NullPointerException if the value is null and this cache keeps no nulls
     * @throws CacheException if the cache is closed
     */
    void put(K key, V value);

    /**
     * Removes the value from both tiers and tells the other nodes. Never waits for a loader. Call it after the commit of
     * what changed the value: a load that begins before the commit reads the old one.
     *
     * @throws CacheException if the cache is closed
     */
    InvalidateResult invalidate(K key);

    /**
     * Makes all values with this tag count as absent, on this node at once and on the others as soon as they hear of it.
     * Costs the same however many they are. If Redis is away, this node forgets all its near values instead.
     *
     * @throws IllegalArgumentException if the tag is empty or longer than 255 bytes
     * @throws CacheException if the cache is closed
     */
    InvalidateResult invalidateTag(String tag);

    /**
     * Makes all values count as absent, on this node at once and on the others as soon as they hear of it. Costs the same
     * however many they are; Redis forgets the old ones as they expire.
     *
     * @throws CacheException if the cache is closed
     */
    InvalidateResult clear();

    /**
     * Removes the value and lets nobody store another one, on any node, until the fence is released: readers in between
     * load for themselves, or join such a load of their process. To be raised before the change that makes the value old,
     * and released after its commit; then no load that read too early can be stored. If Redis is away, the fence stands in
     * this process only.
     *
     * @param longest after which it falls by itself, should this process die; 1 ms at least
     * @throws CacheException if the cache is closed
     */
    Fence fence(K key, Duration longest);

    /**
     * Fences the key now, for ten seconds at most, and releases the fence after the commit: {@code
     * cache.invalidateAfterCommit(id, tx::afterCommit)}. After a rollback the fence falls by itself.
     *
     * @param afterCommit takes what is to be done after the commit
     * @throws CacheException if the cache is closed
     */
    default void invalidateAfterCommit(K key, Consumer<Runnable> afterCommit) {
        Fence fence = fence(key, Duration.ofSeconds(10));
        afterCommit.accept(fence::release);
    }

    /** A key that nobody may fill. Thread-safe. */
    interface Fence extends AutoCloseable {
        /** Returns whether it stands for all nodes, and not only for this process since Redis is away. */
        boolean standsForAll();

        /**
         * Invalidates the key once more and lets it be filled again, unless another fence stands. Idempotent.
         *
         * @return how far the invalidation has come
         */
        InvalidateResult release();

        /** Like {@link #release}. */
        @Override
        default void close() {
            release();
        }
    }

    /** Returns what happened so far. Never blocks. */
    CacheStats stats();

    /** Returns DEGRADED while Redis is away, other nodes are not heard or invalidations wait. Never blocks. */
    Health health();

    /**
     * Releases all who wait, and sends what invalidations are left if Redis answers within a second. Loaders that run end
     * as they like. Idempotent.
     */
    @Override
    void close();

    /** The options of a cache with two tiers. For one thread. */
    final class Builder<K, V extends @Nullable Object> extends CacheBuilder<K, V, Builder<K, V>> {
        private static final Duration LONGEST_NEAR_DEFAULT = Duration.ofSeconds(60);
        private static final Duration LONGEST_AWAY_DEFAULT = Duration.ofSeconds(1);
        private static final Duration SHORTEST_LEASE_DEFAULT = Duration.ofSeconds(2);

        private final Redis redis;
        private final KeyCodec<K> keys;
        private final Codec<@NonNull V> values;
        private OptionalLong nearNanos = OptionalLong.empty();
        private OptionalLong awayNanos = OptionalLong.empty();
        private OptionalLong leaseNanos = OptionalLong.empty();
        private int schemaVersion = 1;
        private int maximumValueBytes = 1 << 20;
        private int compressAbove = Integer.MAX_VALUE;
        private int maximumQueuedInvalidations = 10_000;
        private boolean watchesKeys;

        Builder(String name, Redis redis, KeyCodec<K> keys, Codec<@NonNull V> values) {
            super(name);
            this.redis = Objects.requireNonNull(redis, "redis");
            this.keys = Objects.requireNonNull(keys, "keys");
            this.values = Objects.requireNonNull(values, "values");
        }

        /**
         * Sets how long a value may stay in the near tier before Redis is asked again: the longest time for which this node
         * may serve an old value if it misses an invalidation without noticing. Default: 60 s, or {@link
         * #expireAfterWrite} if that is shorter.
         */
        public Builder<K, V> nearExpireAfterWrite(Duration nearExpireAfterWrite) {
            nearNanos = OptionalLong.of(Options.positiveNanos("nearExpireAfterWrite", nearExpireAfterWrite));
            return this;
        }

        /**
         * Sets how long a value may stay in the near tier that came while Redis was away or other nodes were not heard.
         * Default: 1 s, or {@link #nearExpireAfterWrite} if that is shorter.
         */
        public Builder<K, V> nearExpireWhileAway(Duration nearExpireWhileAway) {
            awayNanos = OptionalLong.of(Options.positiveNanos("nearExpireWhileAway", nearExpireWhileAway));
            return this;
        }

        /**
         * Sets how long the right to load a key lasts without a sign of life: after a process dies, others wait this long
         * before they load in its place. It is renewed while the loader runs, so it does not bound loads. At least twice
         * the budget of the Redis client. Default: 2 s, or twice that budget if it is longer.
         */
        public Builder<K, V> lease(Duration lease) {
            leaseNanos = OptionalLong.of(Options.positiveNanos("lease", lease));
            return this;
        }

        /**
         * Sets the version of the values' form. Part of every name in Redis, so that versions of a service that write
         * different bytes never read each other's. Zero or more. Default: 1.
         */
        public Builder<K, V> schemaVersion(int schemaVersion) {
            this.schemaVersion = Options.atLeast("schemaVersion", 0, schemaVersion);
            return this;
        }

        /** Bounds the encoded value, before it is compressed; larger ones stay in the near tier only. Default: 1 MiB. */
        public Builder<K, V> maximumValueBytes(int maximumValueBytes) {
            this.maximumValueBytes = Options.atLeast("maximumValueBytes", 1, maximumValueBytes);
            return this;
        }

        /**
         * Compresses encoded values of at least so many bytes, if that makes them smaller. Default: nothing is compressed.
         */
        public Builder<K, V> compressAbove(int bytes) {
            compressAbove = Options.atLeast("compressAbove", 1, bytes);
            return this;
        }

        /**
         * Bounds how many invalidations are remembered while Redis is away; with more, all values count as absent for all
         * nodes once it is back. Default: 10,000.
         */
        public Builder<K, V> maximumQueuedInvalidations(int maximumQueuedInvalidations) {
            this.maximumQueuedInvalidations =
                    Options.atLeast("maximumQueuedInvalidations", 1, maximumQueuedInvalidations);
            return this;
        }

        /**
         * Also hears what others than caches do to the values in Redis, as {@code DEL} by hand, by client tracking: near
         * values follow at once instead of after {@link #nearExpireAfterWrite}. Costs a connection of its own (to each
         * master of a cluster), and a message to each process for each value that any of them stores. Needs Redis 6 and
         * the right to {@code client|tracking}; where that is refused, it is logged and caches alone are heard. Default:
         * off.
         */
        public Builder<K, V> hearOtherPrograms() {
            watchesKeys = true;
            return this;
        }

        @Override
        Builder<K, V> self() {
            return this;
        }

        /**
         * Builds the cache. Returns at once, also if Redis is not there yet.
         *
         * @throws IllegalArgumentException naming every option that is missing or contradicts another
         */
        @Override
        public Cache<K, V> build() {
            long longest = lifeNanos() < 0 ? Long.MAX_VALUE : lifeNanos();
            long near = nearNanos.orElse(Math.min(longest, LONGEST_NEAR_DEFAULT.toNanos()));
            long away = awayNanos.orElse(Math.min(near, LONGEST_AWAY_DEFAULT.toNanos()));
            long leastLease = 2 * redis.budget().toNanos();
            long lease = leaseNanos.orElse(Math.max(leastLease, SHORTEST_LEASE_DEFAULT.toNanos()));
            checks().require(
                            near <= longest,
                            "nearExpireAfterWrite must be <= expireAfterWrite (" + Duration.ofNanos(longest) + "), was "
                                    + Duration.ofNanos(near))
                    .require(
                            away <= near,
                            "nearExpireWhileAway must be <= nearExpireAfterWrite (" + Duration.ofNanos(near) + "), was "
                                    + Duration.ofNanos(away))
                    .require(
                            lease >= leastLease,
                            "lease must be >= twice the budget of redis (" + Duration.ofNanos(leastLease) + "), was "
                                    + Duration.ofNanos(lease))
                    .check();
            return TwoTierCache.open(
                    new TwoTierOptions<>(
                            basics(),
                            redis,
                            schemaVersion,
                            near,
                            away,
                            lease,
                            maximumValueBytes,
                            compressAbove,
                            maximumQueuedInvalidations,
                            watchesKeys),
                    keys,
                    values);
        }
    }

    /** The options of a cache in this process. For one thread. */
    final class LocalBuilder<K, V extends @Nullable Object> extends CacheBuilder<K, V, LocalBuilder<K, V>> {
        LocalBuilder(String name) {
            super(name);
        }

        @Override
        LocalBuilder<K, V> self() {
            return this;
        }

        /**
         * Builds the cache.
         *
         * @throws IllegalArgumentException naming every option that is missing or contradicts another
         */
        @Override
        public Cache<K, V> build() {
            checks().check();
            return LocalCache.open(basics());
        }
    }
}
