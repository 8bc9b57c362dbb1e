package dev.wellhead.cache;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.Options;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The options that every cache has. For one thread.
 *
 * @param <B> the builder itself
 */
public abstract sealed class CacheBuilder<K, V extends @Nullable Object, B extends CacheBuilder<K, V, B>>
        permits Cache.Builder, Cache.LocalBuilder {
    private static final long NOT_SET = -1;

    private final String name;
    private long lifeNanos = NOT_SET;
    private OptionalLong nullNanos = OptionalLong.empty();
    private double jitter = 0.1;
    private long maximumSize = 10_000;
    private Ticker ticker = Ticker.system();
    private MetricSink metrics = MetricSink.none();
    private CacheListener listener = new CacheListener() {};

    CacheBuilder(String name) {
        this.name = Options.name("name", name);
    }

    /** Returns this, as what it is. */
    abstract B self();

    /** Builds the cache. */
    public abstract Cache<K, V> build();

    /**
     * Sets how long a value may be served after it was stored; one millisecond at least. Chance takes off up to the
     * jitter, never adds. Required.
     */
    public B expireAfterWrite(Duration expireAfterWrite) {
        lifeNanos = lifeNanos("expireAfterWrite", expireAfterWrite);
        return self();
    }

    /** Bounds how many values are kept in this process; rarely used ones leave first. Default: 10,000. */
    public B nearMaximumSize(long nearMaximumSize) {
        maximumSize = Options.atLeast("nearMaximumSize", 1, nearMaximumSize);
        return self();
    }

    /**
     * Sets the share of its life that chance may take off a value, above 0 and below 1, so that what was stored together
     * does not expire together. Default: 0.1.
     */
    public B ttlJitter(double ttlJitter) {
        if (!(ttlJitter > 0 && ttlJitter < 1)) {
            throw new IllegalArgumentException("ttlJitter must be > 0 and < 1, was " + ttlJitter);
        }
        jitter = ttlJitter;
        return self();
    }

    /** Lets every value live exactly as long as {@link #expireAfterWrite} says. */
    public B withoutJitter() {
        jitter = 0;
        return self();
    }

    /**
     * Keeps a null as well, for this long, so that the loader is not asked again and again for what is not there. Keep it
     * short: 30 s is a good start; one millisecond at least. Default: nulls are not kept.
     */
    public B cacheNulls(Duration expireAfterWrite) {
        nullNanos = OptionalLong.of(lifeNanos("cacheNulls", expireAfterWrite));
        return self();
    }

    /** Receives {@code wellhead.cache.*}. Default: none. */
    public B metrics(MetricSink metrics) {
        this.metrics = Objects.requireNonNull(metrics, "metrics");
        return self();
    }

    /** Replaces the clock for durations in this process. Default: {@link Ticker#system()}. */
    public B ticker(Ticker ticker) {
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        return self();
    }

    /** Hears what happens. Default: nobody. */
    public B listener(CacheListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return self();
    }

    /** Redis counts in milliseconds. */
    private static long lifeNanos(String option, Duration life) {
        if (life.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(option + " must be >= PT0.001S, was " + life);
        }
        return Options.positiveNanos(option, life);
    }

    long lifeNanos() {
        return lifeNanos;
    }

    Options checks() {
        boolean set = lifeNanos != NOT_SET;
        long nulls = nullNanos.orElse(0);
        return Options.of("cache '" + name + "'")
                .require(set, "expireAfterWrite is required")
                .require(
                        !set || nulls <= lifeNanos,
                        "cacheNulls must be <= expireAfterWrite (" + Duration.ofNanos(lifeNanos) + "), was "
                                + Duration.ofNanos(nulls));
    }

    CacheBasics basics() {
        return new CacheBasics(
                name, new Lifetimes(lifeNanos, nullNanos, jitter), maximumSize, ticker, metrics, listener);
    }
}
