package dev.wellhead.opentelemetry;

import dev.wellhead.core.MetricSink;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what the modules measure to OpenTelemetry: by the semantic conventions of database clients where they have a name
 * ({@code db.client.connection.count}, {@code db.client.operation.duration}), and under the neutral name where they have
 * none ({@code wellhead.cache.gets}, with attributes such as {@code wellhead.cache}). Durations are histograms in seconds with
 * the buckets that the conventions advise. {@code docs/metrics.md} lists all.
 *
 * <p>Only the API is used: without an SDK nothing is counted. One sink serves all modules of a process. Thread-safe; nothing
 * here throws once a sink is built. A gauge goes when its component is closed, if the component can be; {@link #close()}
 * removes all of them. Counters and histograms belong to the SDK and end with it.
 */
public final class OpenTelemetrySink implements MetricSink, AutoCloseable {
    static final String SCOPE = "dev.wellhead";

    private static final Logger LOG = LoggerFactory.getLogger(OpenTelemetrySink.class);

    // Of db.client.operation.duration; the conventions have none for the times of a pool, which are of the same order.
    private static final List<Double> BUCKETS = List.of(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0);

    private final Meter meter;
    private final Instruments instruments;
    private final Map<String, LongCounter> counters = new ConcurrentHashMap<>();
    private final Map<String, DoubleHistogram> histograms = new ConcurrentHashMap<>();
    private final Map<String, Observed> gauges = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<AutoCloseable> callbacks = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    private OpenTelemetrySink(Builder options) {
        meter = options.openTelemetry.getMeter(SCOPE);
        instruments = new Instruments(options.databases, options.database, options.redis, options.operations);
    }

    /** Returns a sink with the default options. */
    public static OpenTelemetrySink of(OpenTelemetry openTelemetry) {
        return builder(openTelemetry).build();
    }

    /** Starts a sink. */
    public static Builder builder(OpenTelemetry openTelemetry) {
        return new Builder(Objects.requireNonNull(openTelemetry, "openTelemetry"));
    }

    @Override
    public Counter counter(String name, String... tags) {
        Instruments.Series series = instruments.of(name, tags);
        LongCounter counter = counters.computeIfAbsent(
                series.name(),
                key -> meter.counterBuilder(key)
                        .setUnit(series.unit())
                        .setDescription(series.description())
                        .build());
        Attributes attributes = series.attributes();
        return delta -> {
            if (!closed) {
                counter.add(delta, attributes);
            }
        };
    }

    @Override
    public Timer timer(String name, String... tags) {
        Instruments.Series series = instruments.of(name, tags);
        DoubleHistogram histogram = histograms.computeIfAbsent(
                series.name(),
                key -> meter.histogramBuilder(key)
                        .setUnit("s")
                        .setDescription(series.description())
                        .setExplicitBucketBoundariesAdvice(BUCKETS)
                        .build());
        Attributes attributes = series.attributes();
        return nanos -> {
            if (!closed) {
                histogram.record(nanos / 1e9, attributes);
            }
        };
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        if (closed) {
            return MetricSink.none().gauge(name, value, tags);
        }
        Instruments.Series series = instruments.of(name, tags);
        Runnable remove =
                gauges.computeIfAbsent(series.name(), key -> observe(series)).add(value, series.attributes());
        if (closed) {
            remove.run();
        }
        return remove::run;
    }

    private Observed observe(Instruments.Series series) {
        Observed observed = new Observed(series.name());
        if (series.upDown()) {
            callbacks.add(meter.upDownCounterBuilder(series.name())
                    .setUnit(series.unit())
                    .setDescription(series.description())
                    .buildWithCallback(measurement ->
                            observed.visit((value, attributes) -> measurement.record(Math.round(value), attributes))));
        } else {
            callbacks.add(meter.gaugeBuilder(series.name())
                    .setUnit(series.unit())
                    .setDescription(series.description())
                    .buildWithCallback(measurement -> observed.visit(measurement::record)));
        }
        return observed;
    }

    /** Removes all gauges; what is counted from now on is lost. Idempotent. */
    @Override
    public void close() {
        closed = true;
        gauges.values().forEach(Observed::clear);
        for (AutoCloseable callback = callbacks.poll(); callback != null; callback = callbacks.poll()) {
            try {
                callback.close();
            } catch (Exception e) {
                LOG.warn("an instrument could not be closed", e);
            }
        }
    }

    /** Options of a sink. Not thread-safe. */
    public static final class Builder {
        private final OpenTelemetry openTelemetry;
        private final Map<String, DatabaseIdentity> databases = new ConcurrentHashMap<>();
        private final Map<String, DatabaseIdentity> redis = new ConcurrentHashMap<>();
        private DatabaseIdentity database = DatabaseIdentity.of("other_sql");
        private boolean operations = true;

        private Builder(OpenTelemetry openTelemetry) {
            this.openTelemetry = openTelemetry;
        }

        /** Says which database the pools are in front of that none is named for. Default: {@code other_sql}. */
        public Builder database(DatabaseIdentity database) {
            this.database = Objects.requireNonNull(database, "database");
            return this;
        }

        /** Says which database the pool of this name is in front of. Of an {@code SqliteDatabase} there are two pools. */
        public Builder database(String pool, DatabaseIdentity database) {
            databases.put(Objects.requireNonNull(pool, "pool"), Objects.requireNonNull(database, "database"));
            return this;
        }

        /** Says which Redis the client of this name talks to. Default: {@code redis}, without an address. */
        public Builder redis(String client, DatabaseIdentity redis) {
            this.redis.put(Objects.requireNonNull(client, "client"), Objects.requireNonNull(redis, "redis"));
            return this;
        }

        /**
         * Leaves {@code db.client.operation.duration} to others: statements and calls to Redis are {@code
         * wellhead.pool.statement} and {@code wellhead.redis.latency} instead. Wanted where the Java agent or another
         * instrumentation of JDBC and Lettuce measures them already, as all would be counted twice. Default: they are told.
         */
        public Builder withoutOperations() {
            operations = false;
            return this;
        }

        /** Builds the sink. */
        public OpenTelemetrySink build() {
            return new OpenTelemetrySink(this);
        }
    }
}
