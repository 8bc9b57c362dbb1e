package dev.wellhead.cache;

import dev.wellhead.core.Health;
import dev.wellhead.core.internal.Options;
import dev.wellhead.redis.Redis;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
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
     * Returns the value of the key, and loads it if it is absent. The loader runs in this thread, unless somebody loads the
     * key already: then this call waits for that load, as long as it takes, and returns its value or throws its exception,
     * unchanged. A load that is waited for in another process counts as dead once its lease runs out unrenewed.
     *
     * <p>Null is returned if the loader does so; it is kept only with {@link CacheBuilder#cacheNulls}.
     *
     * @throws E what the loader throws; nothing is kept then
     * @throws CacheException if the thread is interrupted while it waits for another caller's load, if the loader asks for
     *     the key it loads, or if the cache is closed
     */
    <E extends Exception> V get(K key, CacheLoader<K, V, E> loader) throws E;

    /**
     * Returns the value if the near tier or Redis has it; else null, as for a null that is kept. Loads nothing and waits for
     * no load; one call to Redis at most, unless an earlier invalidation has to be sent first.
     *
     * @throws CacheException if the cache is closed
     */
    @Nullable V getIfPresent(K key);

    /**
     * Stores the value in both tiers, over whatever is there; loads under way cannot overwrite it. If Redis is away, the
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

        private final Redis redis;
        private final KeyCodec<K> keys;
        private final Codec<@NonNull V> values;
        private OptionalLong nearNanos = OptionalLong.empty();
        private OptionalLong awayNanos = OptionalLong.empty();
        private long leaseNanos = TimeUnit.SECONDS.toNanos(2);
        private int schemaVersion = 1;
        private int maximumValueBytes = 1 << 20;
        private int maximumLoadsWhileAway = 64;
        private int maximumQueuedInvalidations = 10_000;

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
         * the budget of the Redis client. Default: 2 s.
         */
        public Builder<K, V> lease(Duration lease) {
            leaseNanos = Options.positiveNanos("lease", lease);
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

        /** Bounds the encoded value; larger ones stay in the near tier only. Default: 1 MiB. */
        public Builder<K, V> maximumValueBytes(int maximumValueBytes) {
            this.maximumValueBytes = Options.atLeast("maximumValueBytes", 1, maximumValueBytes);
            return this;
        }

        /** Bounds how many loaders run at once while Redis is away; more wait their turn. Default: 64. */
        public Builder<K, V> maximumLoadsWhileAway(int maximumLoadsWhileAway) {
            this.maximumLoadsWhileAway = Options.atLeast("maximumLoadsWhileAway", 1, maximumLoadsWhileAway);
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
            checks().require(
                            near <= longest,
                            "nearExpireAfterWrite must be <= expireAfterWrite (" + Duration.ofNanos(longest) + "), was "
                                    + Duration.ofNanos(near))
                    .require(
                            away <= near,
                            "nearExpireWhileAway must be <= nearExpireAfterWrite (" + Duration.ofNanos(near) + "), was "
                                    + Duration.ofNanos(away))
                    .require(
                            leaseNanos >= leastLease,
                            "lease must be >= twice the budget of redis (" + Duration.ofNanos(leastLease) + "), was "
                                    + Duration.ofNanos(leaseNanos))
                    .check();
            return TwoTierCache.open(
                    new TwoTierOptions(
                            basics(),
                            redis,
                            schemaVersion,
                            near,
                            away,
                            leaseNanos,
                            maximumValueBytes,
                            maximumLoadsWhileAway,
                            maximumQueuedInvalidations),
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
            return new LocalCache<>(basics());
        }
    }
}
