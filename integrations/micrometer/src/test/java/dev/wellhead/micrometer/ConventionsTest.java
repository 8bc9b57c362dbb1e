package dev.wellhead.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.internal.MetricCatalogue;
import dev.wellhead.core.internal.MetricCatalogue.Entry;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names, types, tags and units are those that dashboards were made for. */
class ConventionsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private static void registerAll(MicrometerSink sink) {
        for (Entry entry : MetricCatalogue.all()) {
            String[] tags = entry.tags().stream()
                    .flatMap(key -> List.of(key, key.equals("result") ? "ok" : "the-" + key).stream())
                    .toArray(String[]::new);
            switch (entry.kind()) {
                case COUNTER -> sink.counter(entry.name(), tags);
                case TIMER -> sink.timer(entry.name(), tags);
                case GAUGE -> sink.gauge(entry.name(), () -> 1, tags);
            }
        }
    }

    private static Map<String, String> described(SimpleMeterRegistry registry, String prefix) {
        Map<String, String> found = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            Meter.Id id = meter.getId();
            if (id.getName().startsWith(prefix)) {
                found.put(
                        id.getName(),
                        id.getType()
                                + id.getTags().stream().map(Tag::getKey).collect(Collectors.joining(",", "[", "]"))
                                + (id.getBaseUnit() == null ? "" : id.getBaseUnit()));
            }
        }
        return found;
    }

    // Written from HikariCP 7's own tracker for Micrometer: type, tags, and the unit that Micrometer gives timers.
    @Test
    void poolsAreToldAsHikariTellsThemIfAsked() {
        registerAll(MicrometerSink.builder(registry).hikariNames().build());

        assertThat(described(registry, "hikaricp"))
                .isEqualTo(new TreeMap<>(Map.of(
                        "hikaricp.connections", "GAUGE[pool]",
                        "hikaricp.connections.active", "GAUGE[pool]",
                        "hikaricp.connections.idle", "GAUGE[pool]",
                        "hikaricp.connections.pending", "GAUGE[pool]",
                        "hikaricp.connections.max", "GAUGE[pool]",
                        "hikaricp.connections.min", "GAUGE[pool]",
                        "hikaricp.connections.acquire", "TIMER[pool]seconds",
                        "hikaricp.connections.usage", "TIMER[pool]seconds",
                        "hikaricp.connections.creation", "TIMER[pool]seconds",
                        "hikaricp.connections.timeout", "COUNTER[pool]")));
        assertThat(registry.get("hikaricp.connections").gauge().getId().getTag("pool"))
                .isEqualTo("the-pool");
    }

    @Test
    void hikariNamesAreOffUnlessAskedFor() {
        registerAll(MicrometerSink.of(registry));

        assertThat(described(registry, "hikaricp")).isEmpty();
    }

    @Test
    void whatIsCountedUnderBothNamesIsTheSame() {
        MicrometerSink sink = MicrometerSink.builder(registry).hikariNames().build();
        double[] active = {2};
        sink.gauge("wellhead.pool.active", () -> active[0], "pool", "orders");
        sink.counter("wellhead.pool.timeouts", "pool", "orders").add(3);
        sink.timer("wellhead.pool.usage", "pool", "orders").record(TimeUnit.SECONDS.toNanos(4));

        active[0] = 5;

        assertThat(registry.get("hikaricp.connections.active")
                        .tag("pool", "orders")
                        .gauge()
                        .value())
                .isEqualTo(5);
        assertThat(registry.get("hikaricp.connections.timeout").counter().count())
                .isEqualTo(3);
        assertThat(registry.get("hikaricp.connections.usage").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(4);
        assertThat(registry.get("wellhead.pool.usage").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(4);
    }

    // Written from Micrometer's binders of caches: names, tags, and values of "result".
    @Test
    void cachesAreToldAsMicrometerTellsThem() {
        MicrometerSink sink = MicrometerSink.of(registry);
        registerAll(sink);
        sink.counter("wellhead.cache.gets", "cache", "users", "tier", "near", "result", "hit")
                .add(1);
        sink.counter("wellhead.cache.gets", "cache", "users", "tier", "far", "result", "miss")
                .add(2);
        sink.counter("wellhead.cache.loads", "cache", "users", "result", "ok").add(4);
        sink.counter("wellhead.cache.loads", "cache", "users", "result", "failed")
                .add(8);

        assertThat(described(registry, "cache."))
                .isEqualTo(new TreeMap<>(Map.of(
                        "cache.size", "GAUGE[cache]",
                        "cache.gets", "COUNTER[cache,result,tier]",
                        "cache.load", "COUNTER[cache,result]",
                        "cache.puts", "COUNTER[cache]")));
        assertThat(count("cache.gets", "tier", "near", "result", "hit")).isEqualTo(1);
        assertThat(count("cache.gets", "tier", "far", "result", "miss")).isEqualTo(2);
        assertThat(count("cache.load", "result", "success")).isEqualTo(4);
        assertThat(count("cache.puts")).isEqualTo(4);
        assertThat(count("cache.load", "result", "failure")).isEqualTo(8);
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).tag("cache", "users").counter().count();
    }

    @Test
    void cacheNamesCanBeLeftOut() {
        registerAll(MicrometerSink.builder(registry).withoutCacheNames().build());

        assertThat(described(registry, "cache.")).isEmpty();
        assertThat(described(registry, "wellhead.cache.")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "wellhead_pool_wait_seconds,                     histogram",
        "wellhead_pool_opened_total,                     counter",
        "wellhead_pool_active,                           gauge",
        "wellhead_cache_loads_total,                     counter",
        "wellhead_cache_load_seconds,                    histogram",
        "wellhead_cache_invalidations_queued,            gauge",
        "wellhead_ratelimit_trips_shared_total,          counter",
        "wellhead_migrate_failed_total,                  counter",
        "wellhead_migrate_duration_seconds,              summary",
        "wellhead_backup_made_total,                     counter",
        "wellhead_backup_last_verified_age_seconds,      gauge",
        "hikaricp_connections,                           gauge",
        "hikaricp_connections_acquire_seconds,           summary",
        "hikaricp_connections_timeout_total,             counter",
        "cache_gets_total,                               counter",
    })
    void prometheusKnowsItBy(String name, String type) {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registerAll(MicrometerSink.builder(prometheus).hikariNames().build());

        assertThat(prometheus.scrape()).contains("# TYPE " + name + " " + type + "\n");
    }

    @Test
    void timersHaveBucketsFromATenthOfAMillisecondToTenSecondsUnlessTheyAreLeftOut() {
        PrometheusMeterRegistry with = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        MicrometerSink.of(with).timer("wellhead.pool.wait", "pool", "a").record(TimeUnit.MILLISECONDS.toNanos(3));
        PrometheusMeterRegistry without = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        MicrometerSink.builder(without)
                .withoutHistograms()
                .build()
                .timer("wellhead.pool.wait", "pool", "a")
                .record(TimeUnit.MILLISECONDS.toNanos(3));

        assertThat(with.scrape())
                .contains("wellhead_pool_wait_seconds_bucket{pool=\"a\",le=\"1.0E-4\"} 0")
                .contains("wellhead_pool_wait_seconds_bucket{pool=\"a\",le=\"10.0\"} 1");
        assertThat(with.scrape().lines().filter(line -> line.contains("_bucket")))
                .hasSizeBetween(50, 90);
        assertThat(without.scrape())
                .contains("wellhead_pool_wait_seconds_count{pool=\"a\"} 1")
                .doesNotContain("_bucket");
    }

    @Test
    void registryWithoutHistogramsGetsNoGaugesForBuckets() {
        MicrometerSink.of(registry).timer("wellhead.pool.wait", "pool", "a").record(1_000_000);

        assertThat(registry.getMeters()).hasSize(1);
    }

    // The registry refuses or garbles names that end as OpenMetrics forbids.
    @Test
    void prometheusKeepsEveryNameApart() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registerAll(MicrometerSink.builder(prometheus).withoutCacheNames().build());

        long families = prometheus
                .scrape()
                .lines()
                .filter(line -> line.startsWith("# TYPE ") && !line.matches("# TYPE \\S+_max gauge")
                        || line.equals("# TYPE wellhead_pool_max gauge"))
                .distinct()
                .count();
        assertThat(families).isEqualTo(MetricCatalogue.all().size());
    }
}
