package dev.wellhead.spring;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.Backups;
import dev.wellhead.cache.CacheStats;
import dev.wellhead.core.Coded;
import dev.wellhead.core.Health;
import dev.wellhead.core.Ticker;
import dev.wellhead.migrate.MigrationStatus;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.PoolStats;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.ratelimit.RateLimiterStats;
import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisStats;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * How everything of ours in the application stands: for health indicators and the actuator's endpoint, or a page of the
 * application's own. Changes nothing, shows no secret and no SQL. Thread-safe.
 */
public final class Overview {
    private static final long MIGRATIONS_FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Beans beans;
    private final Ticker ticker = Ticker.system();
    private volatile @Nullable Seen migrations;

    /** What there may be in the application; looked for when it is asked about. */
    record Beans(
            ObjectProvider<DataSource> dataSource,
            ObjectProvider<SqliteDatabase> sqlite,
            ObjectProvider<Redis> redis,
            ObjectProvider<Caches> caches,
            ObjectProvider<RateLimiter> limiter,
            ObjectProvider<Limits> limits,
            ObjectProvider<Migrator> migrator,
            ObjectProvider<Backups> backups,
            ObjectProvider<BackupTimes> times) {}

    /** Health of the migrations, and when it was seen. */
    private record Seen(Health health, long nanos) {}

    Overview(Beans beans) {
        this.beans = beans;
    }

    /**
     * Returns how each part is that is there, by its name: {@code pool} or {@code sqlite}, {@code redis}, {@code caches},
     * {@code rateLimiter}, {@code migrations}, {@code backups}. Empty where the health of a part cannot be told now, as that
     * of migrations while the database is away. Migrations are read from the database, but not again within 30 s; backups
     * from their store.
     */
    public Map<String, Supplier<Optional<Health>>> healths() {
        Map<String, Supplier<Optional<Health>>> healths = new LinkedHashMap<>();
        pool().ifPresent(pool -> healths.put("pool", () -> Optional.of(pool.health())));
        beans.sqlite.ifAvailable(sqlite -> healths.put("sqlite", () -> Optional.of(sqlite.health())));
        beans.redis.ifAvailable(redis -> healths.put("redis", () -> Optional.of(redis.health())));
        beans.caches.ifAvailable(caches -> healths.put("caches", () -> Optional.of(caches.health())));
        beans.limiter.ifAvailable(limiter -> healths.put("rateLimiter", () -> Optional.of(limiter.health())));
        beans.migrator.ifAvailable(migrator -> healths.put("migrations", () -> migrations(migrator)));
        beans.backups.ifAvailable(backups -> healths.put("backups", () -> Optional.of(backups.health())));
        return healths;
    }

    private Optional<ConnectionPool> pool() {
        DataSource dataSource = beans.dataSource.getIfUnique();
        return dataSource == null ? Optional.empty() : Pools.behind(dataSource);
    }

    private Optional<Health> migrations(Migrator migrator) {
        if (pool().map(pool -> pool.health().status() == Health.Status.DOWN).orElse(false)) {
            // To connect would take its time, and the pool has said all there is to say.
            return Optional.empty();
        }
        Seen last = migrations;
        long now = ticker.nanos();
        if (last != null && now - last.nanos < MIGRATIONS_FRESH_NANOS) {
            return Optional.of(last.health);
        }
        try {
            Health health = health(migrator.status());
            migrations = new Seen(health, now);
            return Optional.of(health);
        } catch (RuntimeException e) {
            return Optional.of(Health.down("migrations: " + words(e)));
        }
    }

    private static Health health(List<MigrationStatus> rows) {
        Map<MigrationStatus.State, Long> counts = new EnumMap<>(MigrationStatus.State.class);
        rows.forEach(row -> counts.merge(row.state(), 1L, Long::sum));
        String detail = counts.isEmpty() ? "no migrations" : words(counts);
        if (counts.containsKey(MigrationStatus.State.FAILED)) {
            return Health.down("a migration failed in its middle: " + detail + "; status() says what to do");
        }
        counts.remove(MigrationStatus.State.APPLIED);
        return counts.isEmpty() ? Health.up(detail) : Health.degraded(detail);
    }

    /** As {@code 5 applied, 1 pending}. */
    private static String words(Map<MigrationStatus.State, Long> counts) {
        return counts.entrySet().stream()
                .map(each -> each.getValue() + " "
                        + each.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(", "));
    }

    /** Returns everything, in maps, lists, text and numbers, as JSON has them. Reads database and store of the backups. */
    public Map<String, Object> details() {
        Map<String, Object> all = new LinkedHashMap<>();
        pool().ifPresent(pool -> all.put("pool", pool(pool)));
        beans.sqlite.ifAvailable(sqlite -> {
            all.put("sqliteWriter", pool(sqlite.writer()));
            all.put("sqliteReaders", pool(sqlite.readers()));
        });
        beans.redis.ifAvailable(redis -> all.put("redis", redis(redis)));
        beans.caches.ifAvailable(caches -> {
            Map<String, Object> each = new LinkedHashMap<>();
            caches.opened().forEach((name, cache) -> each.put(name, cache(cache.stats(), cache.health())));
            all.put("caches", each);
        });
        beans.limiter.ifAvailable(limiter -> all.put("rateLimiter", limiter(limiter)));
        beans.migrator.ifAvailable(migrator -> all.put("migrations", orError(() -> migrationList(migrator))));
        beans.backups.ifAvailable(backups -> all.put("backups", orError(() -> backups(backups))));
        return all;
    }

    private static Object orError(Supplier<Object> reader) {
        try {
            return reader.get();
        } catch (RuntimeException e) {
            return Map.of("error", words(e));
        }
    }

    private static String words(RuntimeException e) {
        return (e instanceof Coded coded ? coded.code() + ": " : "") + e.getMessage();
    }

    private static Map<String, Object> pool(ConnectionPool pool) {
        PoolStats stats = pool.stats();
        Map<String, Object> all = health(pool.health());
        all.put("maxSize", stats.maxSize());
        all.put("size", stats.size());
        all.put("active", stats.active());
        all.put("idle", stats.idle());
        all.put("connecting", stats.connecting());
        all.put("waiting", stats.waiting());
        all.put("acquired", stats.acquired());
        all.put("timeouts", stats.timeouts());
        all.put("rejected", stats.rejected());
        all.put("created", stats.created());
        all.put("connectFailures", stats.connectFailures());
        all.put("discarded", stats.discarded());
        all.put("leaksReported", stats.leaksReported());
        all.put("reclaimed", stats.reclaimed());
        all.put("slowQueriesKept", pool.slowQueries().size());
        return all;
    }

    private static Map<String, Object> redis(Redis redis) {
        RedisStats stats = redis.stats();
        Map<String, Object> all = health(redis.health());
        all.put("connected", stats.connected());
        all.put("breakerOpen", stats.breakerOpen());
        all.put("breakerOpened", stats.breakerOpened());
        all.put("succeeded", stats.succeeded());
        all.put("timedOut", stats.timedOut());
        all.put("disconnected", stats.disconnected());
        all.put("shortCircuited", stats.shortCircuited());
        all.put("refused", stats.refused());
        all.put("failed", stats.failed());
        all.put("denied", stats.denied());
        return all;
    }

    private static Map<String, Object> cache(CacheStats stats, Health health) {
        Map<String, Object> all = health(health);
        all.put("nearHits", stats.nearHits());
        all.put("nearMisses", stats.nearMisses());
        all.put("farHits", stats.farHits());
        all.put("farMisses", stats.farMisses());
        all.put("nearSize", stats.nearSize());
        all.put("loads", stats.loads());
        all.put("loadFailures", stats.loadFailures());
        all.put("processWaits", stats.processWaits());
        all.put("fleetWaits", stats.fleetWaits());
        all.put("refreshes", stats.refreshes());
        all.put("awayCalls", stats.awayCalls());
        all.put("queuedInvalidations", stats.queuedInvalidations());
        return all;
    }

    private Map<String, Object> limiter(RateLimiter limiter) {
        RateLimiterStats stats = limiter.stats();
        Map<String, Object> all = health(limiter.health());
        all.put("allowed", stats.allowed());
        all.put("denied", stats.denied());
        all.put("never", stats.never());
        all.put("fallbacks", stats.fallbacks());
        all.put("redisTrips", stats.redisTrips());
        all.put("failedTrips", stats.failedTrips());
        all.put("localKeys", stats.localKeys());
        beans.limits.ifAvailable(limits -> {
            Map<String, String> each = new LinkedHashMap<>();
            limits.all().forEach((name, limit) -> each.put(name, limit.toString()));
            all.put("limits", each);
        });
        return all;
    }

    private static List<Map<String, Object>> migrationList(Migrator migrator) {
        return migrator.status().stream()
                .map(row -> {
                    Map<String, Object> each = new LinkedHashMap<>();
                    each.put("version", row.version());
                    each.put("description", row.description());
                    each.put("state", row.state().name());
                    each.put("hasRollback", row.hasRollback());
                    if (row.appliedAt() != null) {
                        each.put("appliedAt", row.appliedAt().toString());
                    }
                    if (row.duration() != null) {
                        each.put("durationMs", row.duration().toMillis());
                    }
                    MigrationStatus.Midway midway = row.midway();
                    if (midway != null) {
                        each.put("happened", midway.happened());
                        each.put("cure", midway.cure());
                    }
                    return each;
                })
                .toList();
    }

    private Map<String, Object> backups(Backups backups) {
        Map<String, Object> all = health(backups.health());
        all.put("list", backups.list().stream().map(Overview::backup).toList());
        beans.times.ifAvailable(times -> times.schedule().ifPresent(schedule -> {
            all.put("nextRun", schedule.nextRun().toString());
            all.put("runs", schedule.runs());
            all.put("failures", schedule.failures());
        }));
        return all;
    }

    private static Map<String, Object> backup(BackupInfo backup) {
        Map<String, Object> each = new LinkedHashMap<>();
        each.put("id", backup.id());
        each.put("state", backup.state().name());
        each.put("createdAt", backup.createdAt().toString());
        each.put("bytes", backup.bytes());
        each.put("tables", backup.tables());
        each.put("rows", backup.rows());
        backup.checkedAt().ifPresent(time -> each.put("checkedAt", time.toString()));
        if (!backup.detail().isEmpty()) {
            each.put("detail", backup.detail());
        }
        return each;
    }

    private static Map<String, Object> health(Health health) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("status", health.status().name());
        all.put("detail", health.detail());
        return all;
    }
}
