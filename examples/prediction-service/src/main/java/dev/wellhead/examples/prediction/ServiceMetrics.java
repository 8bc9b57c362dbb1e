package dev.wellhead.examples.prediction;

import dev.wellhead.cache.Cache;
import dev.wellhead.cache.CacheStats;
import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the service itself has to tell beside its modules. Read when somebody collects the metrics. */
final class ServiceMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceMetrics.class);

    private ServiceMetrics() {}

    static AutoCloseable register(MetricSink metrics, HttpApi http, HealthReport health) {
        List<MetricSink.Registration> gauges = List.of(
                metrics.gauge("service.http.under.way", http::underWay),
                metrics.gauge("service.health", () -> number(health.ready())));
        return () -> gauges.forEach(MetricSink.Registration::close);
    }

    private static double number(Health health) {
        return switch (health.status()) {
            case UP -> 2;
            case DEGRADED -> 1;
            case DOWN -> 0;
        };
    }

    static AutoCloseable register(MetricSink metrics, Storage storage, Path backups, Cache<?, ?> cache) {
        List<MetricSink.Registration> gauges = List.of(
                metrics.gauge("service.database.size.bytes", () -> size(storage)),
                metrics.gauge("service.disk.free.bytes", () -> free(backups)),
                metrics.gauge("service.cache.hit.ratio", () -> nearRatio(cache.stats()), "tier", "near"),
                metrics.gauge("service.cache.hit.ratio", () -> farRatio(cache.stats()), "tier", "far"));
        return () -> gauges.forEach(MetricSink.Registration::close);
    }

    private static double size(Storage storage) {
        try {
            return storage.size();
        } catch (SQLException e) {
            LOG.debug("no database size", e);
            return Double.NaN;
        }
    }

    private static double free(Path folder) {
        try {
            // The folder is made with the first backup.
            Path existing =
                    Files.exists(folder) ? folder : folder.toAbsolutePath().getRoot();
            return existing == null ? Double.NaN : Files.getFileStore(existing).getUsableSpace();
        } catch (IOException e) {
            LOG.debug("no free space", e);
            return Double.NaN;
        }
    }

    private static double nearRatio(CacheStats stats) {
        return ratio(stats.nearHits(), stats.nearMisses());
    }

    private static double farRatio(CacheStats stats) {
        return ratio(stats.farHits(), stats.farMisses());
    }

    private static double ratio(long hits, long misses) {
        return hits + misses == 0 ? Double.NaN : (double) hits / (hits + misses);
    }
}
