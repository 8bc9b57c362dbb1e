package dev.wellhead.console;

import dev.wellhead.core.Ticker;
import dev.wellhead.migrate.MigrationStatus;
import dev.wellhead.migrate.MigrationStatus.Midway;
import dev.wellhead.migrate.Migrator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Migrations: where each stands. Asked of the database while somebody looks, every 15 s. */
final class MigrationsCard implements Card {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final int MOST_ROWS = 500;

    private final String name;
    private final SlowRead<List<MigrationStatus>> status;

    MigrationsCard(String name, Migrator migrator, Ticker ticker, Executor readers) {
        this.name = name;
        this.status = new SlowRead<>("migrations '" + name + "'", migrator::status, ticker, readers, FRESH_NANOS);
    }

    @Override
    public String kind() {
        return "migrations";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> columns() {
        return List.of();
    }

    @Override
    public void sample(long nowNanos, double[] into) {}

    @Override
    public Map<String, @Nullable Object> now() {
        return status.look(MigrationsCard::shown);
    }

    private static Map<String, @Nullable Object> shown(List<MigrationStatus> all) {
        // The newest are what people look for.
        List<Map<String, @Nullable Object>> rows = all.stream()
                .skip(Math.max(0, all.size() - MOST_ROWS))
                .map(MigrationsCard::shown)
                .toList();
        return Json.object("total", all.size(), "rows", rows);
    }

    private static Map<String, @Nullable Object> shown(MigrationStatus row) {
        Duration duration = row.duration();
        return Json.object(
                "version",
                row.version(),
                "description",
                row.description(),
                "state",
                row.state(),
                "appliedAt",
                row.appliedAt(),
                "durationMs",
                duration == null ? null : duration.toMillis(),
                "hasRollback",
                row.hasRollback(),
                "midway",
                shown(row.midway()));
    }

    private static @Nullable Map<String, @Nullable Object> shown(@Nullable Midway midway) {
        return midway == null
                ? null
                : Json.object(
                        "direction",
                        midway.direction(),
                        "statements",
                        midway.statements(),
                        "committed",
                        midway.committed(),
                        "happened",
                        midway.happened(),
                        "database",
                        midway.database(),
                        "cure",
                        midway.cure());
    }
}
