package dev.wellhead.cache;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.GuardedMetrics;
import dev.wellhead.core.internal.Options;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The options that every cache has. For one thread.
 *
 * @param <B> the builder itself
 */
public abstract sealed class CacheBuilder<K, V extends @Nullable Object, B extends CacheBuilder<K, V, B>>
        permits Cache.Builder, Cache.LocalBuilder {
    private static final long NOT_SET = -1;
    private static final long LONGEST_NULL_DEFAULT = TimeUnit.SECONDS.toNanos(30);

    private final String name;
    private long lifeNanos = NOT_SET;
    private long nullNanos = NOT_SET;
    private boolean keepsNulls = true;
    private double jitter = 0.1;
    private long revalidateNanos;
    private long errorNanos;
    private long softNanos = Long.MAX_VALUE;
    private long hardNanos = Long.MAX_VALUE;
    private long failureNanos;
    private boolean leases = true;
    private double beta = 1;
    private int maximumLoads = 64;
    private int maximumRefreshes = 8;
    private long maximumSize = 10_000;
    private @Nullable Executor executor;
    private @Nullable BiFunction<? super K, ? super V, ? extends Collection<String>> tags;
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
     * Sets how long a value is good after it was stored; one millisecond at least. Chance takes off up to the jitter,
     * never adds. Required.
     */
    public B expireAfterWrite(Duration expireAfterWrite) {
        lifeNanos = lifeNanos("expireAfterWrite", expireAfterWrite);
        return self();
    }

    /**
     * Bounds how many values are kept in this process; rarely used ones leave first, and once it is full, what was read from
     * Redis enters when it is asked for a second time. Default: 10,000.
     */
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
     * Sets how long a null is kept, so that the loader is not asked again and again for what is not there; one millisecond
     * at least. Default: 30 s, or {@link #expireAfterWrite} if that is shorter.
     */
    public B cacheNulls(Duration expireAfterWrite) {
        nullNanos = lifeNanos("cacheNulls", expireAfterWrite);
        keepsNulls = true;
        return self();
    }

    /** Keeps no nulls: what the loader does not find is looked for again by each call. */
    public B withoutNulls() {
        keepsNulls = false;
        nullNanos = NOT_SET;
        return self();
    }

    /**
     * Replaces what protects from many loads of one key. Default: {@link StampedeProtection#lease} and {@link
     * StampedeProtection#earlyExpiry earlyExpiry(1)}.
     *
     * @throws IllegalArgumentException if a kind is given twice
     */
    public B stampedeProtection(StampedeProtection first, StampedeProtection... more) {
        leases = false;
        beta = 0;
        add(first);
        for (StampedeProtection protection : more) {
            add(protection);
        }
        return self();
    }

    private void add(StampedeProtection protection) {
        boolean twice;
        if (protection instanceof StampedeProtection.Early early) {
            twice = beta != 0;
            beta = early.beta();
        } else {
            twice = leases;
            leases = true;
        }
        if (twice) {
            throw new IllegalArgumentException(
                    "stampedeProtection must name each kind once, was " + protection + " twice");
        }
    }

    /**
     * Serves a value for this long after its life while it is loaded anew in the background, so that nobody waits for it.
     * Default: never.
     */
    public B staleWhileRevalidate(Duration longest) {
        revalidateNanos = Options.positiveNanos("staleWhileRevalidate", longest);
        return self();
    }

    /**
     * Serves a value for this long after its life if loading it fails with an exception. Then no caller tries again for a
     * second, after further failures for up to 30 s. Default: never.
     */
    public B staleIfError(Duration longest) {
        errorNanos = Options.positiveNanos("staleIfError", longest);
        return self();
    }

    /**
     * Bounds how long a caller waits for a load if there is a value past its life: then it gets that one, and the load goes
     * on. Needs {@link #staleIfError}. Loaders then run in threads of the cache. Default: no bound.
     */
    public B softLoadTimeout(Duration softLoadTimeout) {
        softNanos = Options.positiveNanos("softLoadTimeout", softLoadTimeout);
        return self();
    }

    /**
     * Bounds how long a caller waits for a load, its own or another's: then it gets a {@link CacheException}, and the load
     * goes on. Loaders then run in threads of the cache. Default: no bound.
     */
    public B hardLoadTimeout(Duration hardLoadTimeout) {
        hardNanos = Options.positiveNanos("hardLoadTimeout", hardLoadTimeout);
        return self();
    }

    /**
     * Leaves the loader of a key alone for this long after it failed with an exception: meanwhile callers in this process
     * who find no value get that same exception at once. Each further failure doubles it, up to 16 times as long; an
     * invalidation or a put of the key ends it. Bulk loads neither begin nor heed it, and nobody rests from an {@code
     * Error}. Default: never.
     */
    public B cacheFailures(Duration rest) {
        failureNanos = Options.positiveNanos("cacheFailures", rest);
        return self();
    }

    /** Bounds how many loaders run at once in this process; more wait their turn. Default: 64. */
    public B maximumLoads(int maximumLoads) {
        this.maximumLoads = Options.atLeast("maximumLoads", 1, maximumLoads);
        return self();
    }

    /**
     * Bounds how many values are refreshed at once in the background; of more, the good value is served on. Default: 8.
     */
    public B maximumRefreshes(int maximumRefreshes) {
        this.maximumRefreshes = Options.atLeast("maximumRefreshes", 1, maximumRefreshes);
        return self();
    }

    /**
     * Runs what is done in the background on the host's threads: refreshes, loads with a timeout, steps of asynchronous
     * calls. It must not run tasks in the thread that hands them in. The host shuts it down. Default: daemon threads of the
     * cache, made when they are needed.
     */
    public B executor(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
        return self();
    }

    /**
     * Gives each value tags, all of whose values {@link Cache#invalidateTag} makes count as absent at once: at most 64, each
     * of 1 to 255 bytes. What the function throws, or a bad tag, ends the call as if the loader had thrown it. Pure and
     * thread-safe. Default: none.
     */
    public B tags(BiFunction<? super K, ? super V, ? extends Collection<String>> tags) {
        this.tags = Objects.requireNonNull(tags, "tags");
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

    /** Returns the duration in nanoseconds if Redis, which counts in milliseconds, can express it. */
    static long lifeNanos(String option, Duration life) {
        if (life.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(option + " must be >= PT0.001S, was " + life);
        }
        return Options.positiveNanos(option, life);
    }

    String name() {
        return name;
    }

    long lifeNanos() {
        return lifeNanos;
    }

    Options checks() {
        boolean set = lifeNanos != NOT_SET;
        return Options.of("cache '" + name + "'")
                .require(set, "expireAfterWrite is required")
                .require(
                        !set || nullNanos <= lifeNanos,
                        "cacheNulls must be <= expireAfterWrite (" + Duration.ofNanos(lifeNanos) + "), was "
                                + Duration.ofNanos(nullNanos))
                .require(
                        softNanos == Long.MAX_VALUE || errorNanos > 0,
                        "softLoadTimeout needs staleIfError, else there is nothing to serve instead")
                .require(
                        softNanos == Long.MAX_VALUE || softNanos <= hardNanos,
                        "softLoadTimeout must be <= hardLoadTimeout (" + Duration.ofNanos(hardNanos) + "), was "
                                + Duration.ofNanos(softNanos));
    }

    CacheBasics<K, V> basics() {
        long nulls = nullNanos == NOT_SET ? Math.min(LONGEST_NULL_DEFAULT, lifeNanos) : nullNanos;
        return new CacheBasics<>(
                name,
                new Lifetimes(lifeNanos, keepsNulls ? OptionalLong.of(nulls) : OptionalLong.empty(), jitter),
                new Staleness(revalidateNanos, errorNanos),
                beta == 0
                        ? null
                        : new EarlyExpiry(
                                beta, () -> ThreadLocalRandom.current().nextDouble()),
                leases,
                new Timeouts(softNanos, hardNanos),
                failureNanos,
                maximumLoads,
                maximumRefreshes,
                maximumSize,
                executor,
                tags,
                ticker,
                GuardedMetrics.of(metrics, "cache '" + name + "'", LoggerFactory.getLogger(Cache.class)),
                listener);
    }
}
