package dev.wellhead.cache;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;

/** The options that every cache has. */
record CacheBasics(
        String name,
        Lifetimes lifetimes,
        long maximumSize,
        Ticker ticker,
        MetricSink metrics,
        CacheListener listener) {}
