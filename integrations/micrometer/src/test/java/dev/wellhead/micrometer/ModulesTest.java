package dev.wellhead.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.internal.MetricCatalogue;
import dev.wellhead.core.internal.MetricCatalogue.Entry;
import dev.wellhead.core.internal.MetricCatalogue.Kind;
import io.micrometer.core.instrument.Meter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the real modules measure on real servers is what the catalogue says, and nothing that callers bring. */
class ModulesTest {
    static List<Entry> catalogue() {
        return MetricCatalogue.all();
    }

    static String prometheusName(Entry entry) {
        String name = entry.name().replace('.', '_');
        return switch (entry.kind()) {
            case COUNTER -> name + "_total";
            case TIMER -> name + "_seconds";
            case GAUGE -> name;
        };
    }

    @ParameterizedTest
    @MethodSource("catalogue")
    void metricIsThereWithItsTypeAndTags(Entry entry) {
        Scraped scraped = Scraped.get();
        String name = prometheusName(entry);

        String type = switch (entry.kind()) {
            case COUNTER -> "counter";
            case GAUGE -> "gauge";
            case TIMER -> entry.name().matches("wellhead\\.(migrate|backup)\\..*") ? "summary" : "histogram";
        };
        assertThat(scraped.types()).containsEntry(name, type);
        String sample = entry.kind() == Kind.TIMER ? name + "_count" : name;
        assertThat(scraped.labels().get(sample)).isEqualTo(new TreeSet<>(entry.tags()));
    }

    @Test
    void nothingIsMeasuredThatTheCatalogueDoesNotName() {
        Set<String> known = MetricCatalogue.all().stream().map(Entry::name).collect(Collectors.toSet());

        assertThat(Scraped.get().meters().stream().map(Meter.Id::getName).filter(name -> name.startsWith("wellhead.")))
                .isSubsetOf(known);
    }

    @ParameterizedTest
    @CsvSource({
        "wellhead_pool_wait_seconds_count",
        "wellhead_pool_usage_seconds_count",
        "wellhead_pool_connect_seconds_count",
        "wellhead_pool_statement_seconds_count",
        "wellhead_pool_timeouts_total",
        "wellhead_pool_opened_total",
        "wellhead_pool_discarded_total",
        "wellhead_pool_leaks_total",
        "wellhead_pool_slow_total",
        "wellhead_pool_max",
        "wellhead_pool_min",
        "wellhead_redis_calls_total",
        "wellhead_redis_latency_seconds_count",
        "wellhead_redis_breaker_open",
        "wellhead_cache_gets_total",
        "wellhead_cache_loads_total",
        "wellhead_cache_load_seconds_count",
        "wellhead_cache_away_total",
        "wellhead_cache_redis_away",
        "wellhead_ratelimit_decisions_total",
        "wellhead_ratelimit_trips_total",
        "wellhead_ratelimit_keys",
        "wellhead_migrate_applied_total",
        "wellhead_migrate_rolledback_total",
        "wellhead_migrate_failed_total",
        "wellhead_migrate_duration_seconds_count",
        "wellhead_backup_made_total",
        "wellhead_backup_verified_total",
        "wellhead_backup_bytes_total",
        "wellhead_backup_duration_seconds_count",
        "hikaricp_connections_usage_seconds_count",
        "hikaricp_connections_acquire_seconds_count",
        "hikaricp_connections_creation_seconds_count",
        "hikaricp_connections_timeout_total",
        "hikaricp_connections_max",
        "cache_gets_total",
        "cache_load_total",
        "cache_puts_total",
    })
    void whatHappenedWasCounted(String name) {
        assertThat(Scraped.get().sum(name)).isPositive();
    }

    @Test
    void countsAreThoseOfWhatHappened() {
        Scraped scraped = Scraped.get();

        assertThat(scraped.sum("wellhead_pool_timeouts_total", "pool", "orders"))
                .isEqualTo(1);
        assertThat(scraped.sum("wellhead_pool_max", "pool", "orders")).isEqualTo(2);
        assertThat(scraped.sum("wellhead_pool_min", "pool", "orders")).isEqualTo(1);
        assertThat(scraped.sum("wellhead_cache_loads_total", "cache", "species", "result", "failed"))
                .isEqualTo(1);
        assertThat(scraped.sum("cache_gets_total", "cache", "species", "tier", "near", "result", "hit"))
                .isEqualTo(2);
        assertThat(scraped.sum("wellhead_ratelimit_decisions_total", "limiter", "local", "outcome", "denied"))
                .isPositive();
        assertThat(scraped.sum("wellhead_migrate_applied_total")).isEqualTo(2);
        assertThat(scraped.sum("wellhead_migrate_rolledback_total")).isEqualTo(1);
        assertThat(scraped.sum("wellhead_migrate_failed_total")).isEqualTo(1);
        assertThat(scraped.sum("wellhead_backup_last_verified_age_seconds")).isBetween(0.0, 600.0);
        assertThat(scraped.sum("wellhead_redis_breaker_open", "redis", "main")).isEqualTo(1);
    }

    @Test
    void whatCallersBringIsNeverATag() {
        assertThat(Scraped.get().text()).contains("orders").doesNotContain(AllModules.CANARY);
    }

    // Backups own nothing that is closed, so their gauges stay for as long as the sink.
    @Test
    void closingTheModulesTakesTheirGaugesOutAndClosingTheSinkTheRest() {
        assertThat(Scraped.get().afterClosing())
                .containsExactlyInAnyOrder(
                        "wellhead.backup.last_age_seconds", "wellhead.backup.last_verified_age_seconds");
        assertThat(Scraped.get().afterClosingTheSink()).isZero();
    }
}
