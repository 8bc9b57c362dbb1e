package dev.wellhead.cache;

import dev.wellhead.redis.Redis;

/** The options of a cache that has a far tier; durations in nanoseconds. */
record TwoTierOptions(
        CacheBasics basics,
        Redis redis,
        int schemaVersion,
        long nearNanos,
        long awayNanos,
        long leaseNanos,
        int maximumValueBytes,
        int maximumLoadsWhileAway,
        int maximumQueuedInvalidations) {}
