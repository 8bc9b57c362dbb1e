package dev.wellhead.spring;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What caches are told.
 *
 * @param enabled Whether caches can be injected.
 * @param defaults What all caches are told.
 * @param caches What single caches are told, by name; it goes before the defaults.
 */
@ConfigurationProperties("wellhead.cache")
record CacheProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue CacheSettings defaults,
        @DefaultValue Map<String, CacheSettings> caches) {

    /**
     * What a cache is told. The order of the parameters is that of the builder.
     *
     * @param local Whether values stay in this process though there is Redis.
     * @param expireAfterWrite How long a value is good. Required, here or for the single cache.
     * @param nearMaximumSize How many values are kept in this process.
     * @param nearExpireAfterWrite How long a value may stay in this process before Redis is asked again; 60 s, or expire-after-write if that is shorter, where it is not set.
     * @param nearExpireWhileAway How long a value may stay in this process that came while Redis was away.
     * @param ttlJitter Share of its life that chance may take off a value.
     * @param cacheNulls How long a null is kept; 30 s, or expire-after-write if that is shorter, where it is not set.
     * @param staleWhileRevalidate For how long after its life a value is served while it is loaded anew; not at all where it is not set.
     * @param staleIfError For how long after its life a value is served if loading it fails; not at all where it is not set.
     * @param softLoadTimeout How long a caller waits for a load if there is an old value; without bound where it is not set.
     * @param hardLoadTimeout How long a caller waits for a load; without bound where it is not set.
     * @param cacheFailures For how long the loader of a key is left alone after it failed; not at all where it is not set.
     * @param maximumLoads How many loaders run at once in this process.
     * @param maximumRefreshes How many values are refreshed at once in the background.
     * @param lease How long the right to load a key lasts without a sign of life; 2 s, or twice wellhead.redis.budget if that is longer, where it is not set.
     * @param schemaVersion Version of the values' form in Redis.
     * @param maximumValueSize Size above which a value stays in this process only.
     * @param compressAbove Size from which on values are compressed; never where it is not set.
     * @param maximumQueuedInvalidations How many invalidations are remembered while Redis is away.
     * @param hearOtherPrograms Whether it is heard what other programs do to the values in Redis.
     * @param without What is switched off.
     */
    record CacheSettings(
            @Nullable Boolean local,
            @Nullable Duration expireAfterWrite,
            @Nullable Long nearMaximumSize,
            @Nullable Duration nearExpireAfterWrite,
            @Nullable Duration nearExpireWhileAway,
            @Nullable Double ttlJitter,
            @Nullable Duration cacheNulls,
            @Nullable Duration staleWhileRevalidate,
            @Nullable Duration staleIfError,
            @Nullable Duration softLoadTimeout,
            @Nullable Duration hardLoadTimeout,
            @Nullable Duration cacheFailures,
            @Nullable Integer maximumLoads,
            @Nullable Integer maximumRefreshes,
            @Nullable Duration lease,
            @Nullable Integer schemaVersion,
            @Nullable DataSize maximumValueSize,
            @Nullable DataSize compressAbove,
            @Nullable Integer maximumQueuedInvalidations,
            @Nullable Boolean hearOtherPrograms,
            @DefaultValue Set<Feature> without) {}

    /** What can be switched off. */
    enum Feature {
        /** Lets every value live exactly as long as it is good. */
        JITTER,
        /** Keeps no nulls. */
        NULLS,
        /** Refreshes nothing ahead of its expiry, so that loaders run in their callers' threads only. */
        EARLY_EXPIRY
    }
}
