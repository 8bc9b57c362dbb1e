package dev.wellhead.cache;

import dev.wellhead.redis.Redis;
import org.jspecify.annotations.Nullable;

/** The options of a cache that has a far tier; durations in nanoseconds. */
record TwoTierOptions<K, V extends @Nullable Object>(
        CacheBasics<K, V> basics,
        Redis redis,
        int schemaVersion,
        long nearNanos,
        long awayNanos,
        long leaseNanos,
        int maximumValueBytes,
        int compressAbove,
        int maximumQueuedInvalidations,
        boolean watchesKeys) {}
