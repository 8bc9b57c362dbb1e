package dev.wellhead.spring;

import dev.wellhead.cache.Cache;
import dev.wellhead.cache.CacheBuilder;
import dev.wellhead.cache.StampedeProtection;
import dev.wellhead.spring.CacheProperties.CacheSettings;
import dev.wellhead.spring.CacheProperties.Feature;
import org.springframework.util.unit.DataSize;

/** Hands the properties of a cache on. */
final class CacheTerms {
    private CacheTerms() {}

    static <B extends CacheBuilder<?, ?, B>> void apply(String prefix, CacheSettings from, B to) {
        new Settings(prefix)
                .set("expireAfterWrite", from.expireAfterWrite(), to::expireAfterWrite)
                .set("nearMaximumSize", from.nearMaximumSize(), to::nearMaximumSize)
                .set("ttlJitter", from.ttlJitter(), to::ttlJitter)
                .set("cacheNulls", from.cacheNulls(), to::cacheNulls)
                .set("staleWhileRevalidate", from.staleWhileRevalidate(), to::staleWhileRevalidate)
                .set("staleIfError", from.staleIfError(), to::staleIfError)
                .set("softLoadTimeout", from.softLoadTimeout(), to::softLoadTimeout)
                .set("hardLoadTimeout", from.hardLoadTimeout(), to::hardLoadTimeout)
                .set("cacheFailures", from.cacheFailures(), to::cacheFailures)
                .set("maximumLoads", from.maximumLoads(), to::maximumLoads)
                .set("maximumRefreshes", from.maximumRefreshes(), to::maximumRefreshes)
                .without(from.without(), Feature.JITTER, "ttlJitter", from.ttlJitter(), to::withoutJitter)
                .without(from.without(), Feature.NULLS, "cacheNulls", from.cacheNulls(), to::withoutNulls)
                .without(
                        from.without(),
                        Feature.EARLY_EXPIRY,
                        "earlyExpiry",
                        null,
                        () -> to.stampedeProtection(StampedeProtection.lease()));
        if (to instanceof Cache.Builder<?, ?> shared) {
            far(prefix, from, shared);
        }
    }

    private static void far(String prefix, CacheSettings from, Cache.Builder<?, ?> to) {
        new Settings(prefix)
                .set("nearExpireAfterWrite", from.nearExpireAfterWrite(), to::nearExpireAfterWrite)
                .set("nearExpireWhileAway", from.nearExpireWhileAway(), to::nearExpireWhileAway)
                .set("lease", from.lease(), to::lease)
                .set("schemaVersion", from.schemaVersion(), to::schemaVersion)
                .set("maximumValueSize", from.maximumValueSize(), size -> to.maximumValueBytes(bytes(size)))
                .set("compressAbove", from.compressAbove(), size -> to.compressAbove(bytes(size)))
                .set("maximumQueuedInvalidations", from.maximumQueuedInvalidations(), to::maximumQueuedInvalidations)
                .on("hearOtherPrograms", Boolean.TRUE.equals(from.hearOtherPrograms()), to::hearOtherPrograms);
    }

    private static int bytes(DataSize size) {
        if (size.toBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("must be below 2 GB, was " + size);
        }
        return (int) size.toBytes();
    }
}
