package dev.wellhead.spring;

import dev.wellhead.cache.Cache;
import dev.wellhead.cache.CacheBuilder;
import dev.wellhead.cache.CacheListener;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.redis.Redis;
import dev.wellhead.spring.CacheProperties.CacheSettings;
import dev.wellhead.spring.WellheadConfigurationException.Reason;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The caches of an application, each made when it is first asked for, with what {@code wellhead.cache.*} says of it: in two
 * tiers where there is Redis, else in this process. A parameter {@code Cache<Long, User> users} of a bean's constructor asks
 * for the cache {@code users} by itself, so this is for whoever wants one by a name.
 *
 * <p>Thread-safe. Owns the caches and closes them when the application ends.
 */
public final class Caches implements AutoCloseable {
    private final CacheProperties properties;
    private final Parts parts;
    private final ConcurrentHashMap<String, Opened> caches = new ConcurrentHashMap<>();

    /**
     * What all caches share.
     *
     * @param redis null if there is none
     * @param executor null for threads of the caches' own
     */
    record Parts(
            @Nullable Redis redis,
            ValueCodecs codecs,
            @Nullable MetricSink metrics,
            @Nullable CacheListener listener,
            @Nullable Executor executor) {}

    /**
     * A cache, and what it was asked for with.
     *
     * @param form tells types or codecs apart
     */
    private record Opened(Object form, Cache<?, ?> cache) {}

    private record Types(Type keys, Type values) {
        @Override
        public String toString() {
            return "<" + keys.getTypeName() + ", " + values.getTypeName() + ">";
        }
    }

    private record Codecs(KeyCodec<?> keys, Codec<?> values) {
        @Override
        public String toString() {
            return "codecs of its own";
        }
    }

    Caches(CacheProperties properties, Parts parts) {
        this.properties = properties;
        this.parts = parts;
    }

    /**
     * Returns the cache of this name; the same one each time. Keys are text, numbers, UUIDs or enums; values are what
     * {@link ValueCodecs} can write.
     *
     * @param name as {@code species-by-name}, which is also the cache of a parameter {@code speciesByName}
     * @throws WellheadConfigurationException if properties do not say how long its values are good, keys or values cannot be
     *     written, or it was asked for with other types before
     */
    @SuppressWarnings("unchecked") // The types are those that it was made for.
    public <K, V> Cache<K, V> get(String name, Class<K> keys, Class<V> values) {
        return (Cache<K, V>) get(name, (Type) keys, (Type) values);
    }

    /**
     * Returns the cache of this name, with keys and values that are written as is said here; the same one each time.
     *
     * @throws WellheadConfigurationException as {@link #get(String, Class, Class)}
     */
    @SuppressWarnings("unchecked") // The types are those that it was made for.
    public <K, V> Cache<K, V> get(String name, KeyCodec<K> keys, Codec<V> values) {
        return (Cache<K, V>) opened(name, new Codecs(keys, values), (kebab, redis) -> {
            return redis == null ? local(kebab) : shared(kebab, redis, keys, values);
        });
    }

    Cache<?, ?> get(String name, Type keys, Type values) {
        return opened(name, new Types(keys, values), (kebab, redis) -> {
            return redis == null
                    ? local(kebab)
                    : shared(kebab, redis, keyCodec(kebab, keys), valueCodec(kebab, values));
        });
    }

    private Cache<?, ?> opened(String name, Object form, BiFunction<String, @Nullable Redis, Cache<?, ?>> maker) {
        String kebab = Names.kebab(name);
        Opened opened = caches.computeIfAbsent(
                kebab, key -> new Opened(form, maker.apply(key, isLocal(key) ? null : parts.redis)));
        if (!opened.form.equals(form)) {
            throw new WellheadConfigurationException(
                    Reason.CACHE,
                    "cache '" + kebab + "' is asked for as " + form + ", and was as " + opened.form
                            + " before; give each its own name");
        }
        return opened.cache;
    }

    private boolean isLocal(String name) {
        CacheSettings own = settings(name);
        Boolean local = own == null ? null : own.local();
        return Boolean.TRUE.equals(local == null ? properties.defaults().local() : local);
    }

    private @Nullable CacheSettings settings(String name) {
        return properties.caches().entrySet().stream()
                .filter(entry -> Names.kebab(entry.getKey()).equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private Cache<Object, Object> local(String name) {
        Cache.LocalBuilder<Object, Object> builder = Cache.local(name);
        tell(name, builder);
        return build(name, builder);
    }

    private <K, V> Cache<K, V> shared(String name, Redis redis, KeyCodec<K> keys, Codec<V> values) {
        Cache.Builder<K, V> builder = Cache.builder(name, redis, keys, values);
        tell(name, builder);
        requireLease(name, redis.budget());
        return build(name, builder);
    }

    private void requireLease(String name, Duration budget) {
        CacheSettings own = settings(name);
        Duration single = own == null ? null : own.lease();
        Duration lease = single == null ? properties.defaults().lease() : single;
        if (lease != null && lease.compareTo(budget.multipliedBy(2)) < 0) {
            throw new WellheadConfigurationException(
                    Reason.CACHE,
                    "cache '" + name + "': wellhead.cache." + (single == null ? "defaults" : "caches." + name)
                            + ".lease is "
                            + lease.toMillis() + " ms, and must be twice wellhead.redis.budget (" + budget.toMillis()
                            + " ms) or more; raise it, or remove it for one that fits");
        }
    }

    private <B extends CacheBuilder<?, ?, B>> void tell(String name, B builder) {
        CacheSettings own = settings(name);
        CacheTerms.apply("wellhead.cache.defaults", properties.defaults(), builder);
        if (own != null) {
            CacheTerms.apply("wellhead.cache.caches." + name, own, builder);
        }
        if (properties.defaults().expireAfterWrite() == null && (own == null || own.expireAfterWrite() == null)) {
            throw new WellheadConfigurationException(
                    Reason.CACHE,
                    "cache '" + name + "': nothing says how long its values are good; set wellhead.cache.caches." + name
                            + ".expire-after-write, or wellhead.cache.defaults.expire-after-write");
        }
        if (parts.metrics != null) {
            builder.metrics(parts.metrics);
        }
        if (parts.listener != null) {
            builder.listener(parts.listener);
        }
        if (parts.executor != null) {
            builder.executor(parts.executor);
        }
    }

    private static <K, V> Cache<K, V> build(String name, CacheBuilder<K, V, ?> builder) {
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new WellheadConfigurationException(
                    Reason.CACHE,
                    "what wellhead.cache.defaults and wellhead.cache.caches." + name + " say does not fit together: "
                            + e.getMessage(),
                    e);
        }
    }

    private static KeyCodec<Object> keyCodec(String name, Type type) {
        if (type instanceof Class<?> known
                && (known == String.class
                        || known == UUID.class
                        || Number.class.isAssignableFrom(known)
                        || known.isEnum())) {
            return KeyCodec.of(key -> key instanceof Enum<?> constant ? constant.name() : key.toString());
        }
        throw new WellheadConfigurationException(
                Reason.CACHE,
                "cache '" + name + "': keys of " + type.getTypeName()
                        + " cannot be written; use text, a number, a UUID or an enum as the key, or get the cache with"
                        + " caches.get(\"" + name + "\", keyCodec, codec)");
    }

    @SuppressWarnings("unchecked") // Of the type that was asked for.
    private Codec<Object> valueCodec(String name, Type type) {
        try {
            return (Codec<Object>) parts.codecs.of(type);
        } catch (IllegalArgumentException e) {
            throw new WellheadConfigurationException(
                    Reason.CACHE,
                    "cache '" + name + "': values of " + type.getTypeName() + " cannot be written: " + e.getMessage(),
                    e);
        }
    }

    /** Returns the caches that were asked for until now, by name. */
    public SortedMap<String, Cache<?, ?>> opened() {
        SortedMap<String, Cache<?, ?>> all = new TreeMap<>();
        caches.forEach((name, opened) -> all.put(name, opened.cache));
        return all;
    }

    /** Returns the worst of the caches' healths. Never blocks. */
    public Health health() {
        Collection<Cache<?, ?>> all = opened().values();
        Health worst = Health.up(all.size() + (all.size() == 1 ? " cache" : " caches"));
        for (Cache<?, ?> cache : all) {
            worst = worst.worse(cache.health());
        }
        return worst;
    }

    /** Closes all caches. */
    @Override
    public void close() {
        opened().values().forEach(Cache::close);
    }
}
