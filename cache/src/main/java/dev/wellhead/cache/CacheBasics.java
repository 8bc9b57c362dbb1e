package dev.wellhead.cache;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The options that every cache has; durations in nanoseconds.
 *
 * @param early null if nothing is refreshed ahead of its expiry
 * @param leases whether others in the fleet wait for a load
 * @param timeouts how long callers wait for loads
 * @param failureNanos how long the loader is left alone after it failed; 0 for not at all
 * @param executor null for threads of our own
 * @param tags null if values have none
 */
record CacheBasics<K, V extends @Nullable Object>(
        String name,
        Lifetimes lifetimes,
        Staleness staleness,
        @Nullable EarlyExpiry early,
        boolean leases,
        Timeouts timeouts,
        long failureNanos,
        int maximumLoads,
        int maximumRefreshes,
        long maximumSize,
        @Nullable Executor executor,
        @Nullable BiFunction<? super K, ? super V, ? extends Collection<String>> tags,
        Ticker ticker,
        MetricSink metrics,
        CacheListener listener) {}
