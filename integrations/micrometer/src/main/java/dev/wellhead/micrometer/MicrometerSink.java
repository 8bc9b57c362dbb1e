package dev.wellhead.micrometer;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.internal.MetricCatalogue;
import dev.wellhead.core.internal.MetricCatalogue.Entry;
import dev.wellhead.core.internal.Options;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what the modules measure to a Micrometer registry: counters to {@code Counter}, timers to {@code Timer}, gauges to
 * {@code Gauge}, under the neutral names ({@code wellhead.pool.wait}) and their tags. What a cache counts goes to the names
 * of Micrometer's own cache binders as well ({@code cache.gets}, {@code cache.load}, {@code cache.puts}, {@code
 * cache.size}), and what a pool counts to HikariCP's if {@link Builder#hikariNames()} asks for it. {@code docs/metrics.md}
 * lists all.
 *
 * <p>One sink serves all modules of a process; a registry should have one sink only, since two could not tell whose a gauge
 * is. Thread-safe. Nothing here throws once a sink is built: a meter that the registry refuses is logged, and what it was to
 * count is lost.
 *
 * <p>A gauge goes when its component is closed, if the component can be; counters and timers stay, as what they have counted
 * does. {@link #close()} takes all of them out of the registry, which is the host's and stays open.
 */
public final class MicrometerSink implements MetricSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MicrometerSink.class);

    // What is worth telling apart of the times of a pool, a cache and Redis.
    private static final Duration SHORTEST = Duration.ofNanos(100_000);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final MeterRegistry registry;
    private final Aliases aliases;
    private final boolean histograms;
    private final int maximumSeries;

    // By name, each with the series that it has. Nothing is ever taken out: a series that comes back is no new one.
    private final Map<String, Set<Series>> known = new ConcurrentHashMap<>();
    private final Set<String> overflown = ConcurrentHashMap.newKeySet();
    private final Map<Series, SharedGauge> gauges = new ConcurrentHashMap<>();
    // All meters but gauges.
    private final Set<Meter> meters = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private MicrometerSink(Builder options) {
        registry = options.registry;
        aliases = new Aliases(options.hikariNames, options.cacheNames);
        histograms = options.histograms;
        maximumSeries = options.maximumSeries;
    }

    /** Returns a sink of this registry with the default options. */
    public static MicrometerSink of(MeterRegistry registry) {
        return builder(registry).build();
    }

    /** Starts a sink of this registry. */
    public static Builder builder(MeterRegistry registry) {
        return new Builder(Objects.requireNonNull(registry, "registry"));
    }

    @Override
    public Counter counter(String name, String... tags) {
        Series series = bounded(Series.of(name, tags));
        List<io.micrometer.core.instrument.Counter> counters = new ArrayList<>(2);
        add(counters, () -> counter(series, description(name)));
        aliases.of(series).forEach(alias -> add(counters, () -> counter(alias.series(), alias.description())));
        return switch (counters.size()) {
            case 0 -> MetricSink.none().counter(name, tags);
            case 1 -> {
                var counter = counters.get(0);
                yield delta -> counter.increment((double) delta);
            }
            default -> {
                var each = counters.toArray(io.micrometer.core.instrument.Counter[]::new);
                yield delta -> {
                    for (var counter : each) {
                        counter.increment((double) delta);
                    }
                };
            }
        };
    }

    @Override
    public Timer timer(String name, String... tags) {
        Series series = bounded(Series.of(name, tags));
        List<io.micrometer.core.instrument.Timer> timers = new ArrayList<>(2);
        add(timers, () -> timer(series, description(name), histograms));
        aliases.of(series).forEach(alias -> add(timers, () -> timer(alias.series(), alias.description(), false)));
        return switch (timers.size()) {
            case 0 -> MetricSink.none().timer(name, tags);
            case 1 -> {
                var timer = timers.get(0);
                yield nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
            }
            default -> {
                var each = timers.toArray(io.micrometer.core.instrument.Timer[]::new);
                yield nanos -> {
                    for (var timer : each) {
                        timer.record(nanos, TimeUnit.NANOSECONDS);
                    }
                };
            }
        };
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        Series series = Series.of(name, tags);
        if (closed || !bounded(series).equals(series)) {
            // The values of several cannot be one.
            return MetricSink.none().gauge(name, value, tags);
        }
        SharedGauge gauge = gauges.computeIfAbsent(series, this::shared);
        Runnable remove = gauge.add(value);
        if (gauge.size() > 1) {
            LOG.warn(
                    "gauge {} was registered again while another one of that name is still there; the newest is shown;"
                            + " give each pool, cache, limiter and client a name of its own",
                    series);
        }
        if (closed) {
            remove.run();
        }
        return remove::run;
    }

    private SharedGauge shared(Series series) {
        return new GaugeMeters(series).gauge;
    }

    /** The meters of one gauge, under all of its names. */
    private final class GaugeMeters {
        private final SharedGauge gauge = new SharedGauge(this::show, this::hide);
        private final Series series;
        private final Set<Meter> shown = ConcurrentHashMap.newKeySet();

        GaugeMeters(Series series) {
            this.series = series;
        }

        private void show() {
            add(shown, () -> meter(series, description(series.name())));
            aliases.of(series).forEach(alias -> add(shown, () -> meter(alias.series(), alias.description())));
        }

        private Gauge meter(Series named, @Nullable String description) {
            return Gauge.builder(named.name(), gauge, SharedGauge::read)
                    .description(description)
                    .tags(named.toTags())
                    .strongReference(true)
                    .register(registry);
        }

        private void hide() {
            shown.forEach(registry::remove);
            shown.clear();
        }
    }

    private io.micrometer.core.instrument.Counter counter(Series series, @Nullable String description) {
        return kept(io.micrometer.core.instrument.Counter.builder(series.name())
                .description(description)
                .tags(series.toTags())
                .register(registry));
    }

    private io.micrometer.core.instrument.Timer timer(Series series, @Nullable String description, boolean buckets) {
        var builder = io.micrometer.core.instrument.Timer.builder(series.name())
                .description(description)
                .tags(series.toTags());
        if (buckets && !isLong(series.name())) {
            // Not fixed buckets: of those, registries that have no use for histograms would make a gauge each.
            builder.publishPercentileHistogram().minimumExpectedValue(SHORTEST).maximumExpectedValue(LONGEST);
        }
        return kept(builder.register(registry));
    }

    // There are few of these, and they take minutes.
    private static boolean isLong(String timer) {
        return timer.startsWith("wellhead.migrate.") || timer.startsWith("wellhead.backup.");
    }

    private <M extends Meter> M kept(M meter) {
        meters.add(meter);
        if (closed) {
            registry.remove(meter);
        }
        return meter;
    }

    /** Adds a meter, unless the registry refuses it. */
    private <M extends Meter> void add(Collection<? super M> to, Supplier<M> registration) {
        if (closed) {
            return;
        }
        try {
            to.add(registration.get());
        } catch (RuntimeException e) {
            LOG.warn("the registry refused a meter; what it was to count is lost", e);
        }
    }

    /** Returns the series, or the one for those that are too many. */
    private Series bounded(Series series) {
        Set<Series> siblings = known.computeIfAbsent(series.name(), name -> ConcurrentHashMap.newKeySet());
        if (siblings.contains(series)) {
            return series;
        }
        if (siblings.size() < maximumSeries) {
            siblings.add(series);
            return series;
        }
        if (overflown.add(series.name())) {
            LOG.warn(
                    "metric {} has {} series, which is maximumSeries; {} and all further ones count as {}; does a name"
                            + " of a limit, cache or pool hold something that has no bound, such as a key?",
                    series.name(),
                    maximumSeries,
                    series,
                    series.overflow());
        }
        return series.overflow();
    }

    private static @Nullable String description(String name) {
        Entry entry = MetricCatalogue.find(name);
        return entry == null ? null : entry.description();
    }

    /** Takes all meters of this sink out of the registry; what is counted from now on is lost. Idempotent. */
    @Override
    public void close() {
        closed = true;
        meters.forEach(registry::remove);
        meters.clear();
        gauges.values().forEach(SharedGauge::clear);
    }

    /** Options of a sink. Not thread-safe. */
    public static final class Builder {
        private final MeterRegistry registry;
        private boolean hikariNames;
        private boolean cacheNames = true;
        private boolean histograms = true;
        private int maximumSeries = 1_000;

        private Builder(MeterRegistry registry) {
            this.registry = registry;
        }

        /**
         * Counts what pools do under HikariCP's names as well: {@code hikaricp.connections} with {@code .active}, {@code
         * .idle}, {@code .pending}, {@code .max}, {@code .min}, {@code .acquire}, {@code .usage}, {@code .creation} and
         * {@code .timeout}, each with the tag {@code pool}. Dashboards and alerts that were made for HikariCP work
         * unchanged. Not to be used while a HikariCP pool of the same name reports to the registry. Default: off.
         */
        public Builder hikariNames() {
            hikariNames = true;
            return this;
        }

        /**
         * Does without {@code cache.gets}, {@code cache.load}, {@code cache.puts} and {@code cache.size}. Wanted where other
         * caches report under these names and the registry demands the same tags of all, as that of Prometheus does before
         * Micrometer 1.17: ours carry {@code cache} and, of {@code cache.gets}, {@code tier}. Default: they are counted.
         */
        public Builder withoutCacheNames() {
            cacheNames = false;
            return this;
        }

        /**
         * Does without the histograms of the timers of pools, caches and Redis clients, from 100 us to 10 s. Prometheus makes
         * quantiles of them, and the dashboard and alerts in {@code ops/} want them; each costs about eighty series there, and
         * nothing in registries that have no histograms. Default: they are published.
         */
        public Builder withoutHistograms() {
            histograms = false;
            return this;
        }

        /**
         * Sets how many series one metric may have; what comes beyond is counted together in one whose tags say {@code
         * (other)}, and gauges beyond are left out. A guard against names made of keys. Default: 1,000.
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public Builder maximumSeries(int maximumSeries) {
            this.maximumSeries = Options.atLeast("maximumSeries", 1, maximumSeries);
            return this;
        }

        /** Builds the sink. */
        public MicrometerSink build() {
            return new MicrometerSink(this);
        }
    }
}
