package dev.wellhead.spring;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wellhead.backup.Backups;
import dev.wellhead.cache.Cache;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.FailurePolicy;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.Ports;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import javax.management.ObjectName;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

/** Each property that the metadata names is listed here with a value and what it brings about, and none is listed in vain. */
class PropertiesTest {
    @FunctionalInterface
    private interface Check {
        void accept(AssertableApplicationContext context) throws Exception;
    }

    /**
     * One trial.
     *
     * @param also what is set besides
     */
    private record Trial(ApplicationContextRunner application, String value, String[] also, Check check) {}

    @TempDir
    private static Path folder;

    private static TestDatabase database;
    private static TestDatabase sqlite;
    private static ApplicationContextRunner onPostgres;
    private static ApplicationContextRunner onSqlite;
    private static ApplicationContextRunner onRedis;
    private static ApplicationContextRunner withoutRedis;

    private static final Map<String, List<Trial>> TRIALS = new LinkedHashMap<>();

    @BeforeAll
    static void list() {
        database = TestDatabase.postgres();
        sqlite = TestDatabase.sqlite();
        onPostgres = Applications.on(database).withPropertyValues("wellhead.migrate.enabled=false");
        onSqlite = Applications.on(sqlite).withPropertyValues("wellhead.migrate.enabled=false");
        onRedis = Applications.plain()
                .withPropertyValues(
                        "wellhead.redis.url=" + RedisServer.shared().uri(),
                        // A machine that is busy must not open the breaker.
                        "wellhead.redis.budget=2s");
        withoutRedis = Applications.plain();
        general();
        pool();
        sqlite();
        migrate();
        redis();
        cache();
        limits();
        backup();
    }

    @AfterAll
    static void drop() {
        database.close();
        sqlite.close();
    }

    static List<String> properties() {
        return Metadata.load().stream().map(Metadata.Property::name).toList();
    }

    @Test
    void everyPropertyIsListed() {
        assertThat(new TreeSet<>(TRIALS.keySet())).isEqualTo(new TreeSet<>(properties()));
    }

    @ParameterizedTest
    @MethodSource("properties")
    void propertyHasTheEffectThatIsListed(String property) {
        for (Trial trial : TRIALS.get(property)) {
            trial.application
                    .withPropertyValues(trial.also)
                    // A map is set by what is below it.
                    .withPropertyValues(
                            trial.value.isEmpty() ? new String[0] : new String[] {property + "=" + trial.value})
                    .run(context -> trial.check.accept(context));
        }
    }

    private static void general() {
        put(
                "wellhead.enabled",
                onPostgres,
                "false",
                context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ConnectionPool.class)
                        .doesNotHaveBean(Migrator.class)
                        .doesNotHaveBean(Redis.class)
                        .doesNotHaveBean(Caches.class)
                        .doesNotHaveBean(RateLimiter.class)
                        .doesNotHaveBean(Overview.class));
    }

    private static void pool() {
        String it = "wellhead.pool.";
        put(
                it + "enabled",
                onPostgres,
                "false",
                context -> assertThat(context).hasNotFailed().doesNotHaveBean(ConnectionPool.class));
        pool(it + "name", "orders", "settings.name", "orders");
        pool(it + "max-size", "7", "settings.maxSize", 7);
        pool(it + "min-idle", "1", "settings.minIdle", 1);
        pool(it + "max-waiters", "13", "settings.maxWaiters", 13);
        pool(it + "parallel-connects", "3", "settings.parallelConnects", 3);
        pool(it + "acquire-timeout", "1500ms", "settings.acquireNanos", MILLISECONDS.toNanos(1_500));
        pool(it + "connect-timeout", "4s", "settings.connectNanos", SECONDS.toNanos(4));
        pool(it + "validation-timeout", "3s", "settings.validationNanos", SECONDS.toNanos(3));
        pool(it + "max-lifetime", "20m", "settings.maxLifetimeNanos", SECONDS.toNanos(1_200));
        pool(it + "idle-timeout", "5m", "settings.idleNanos", SECONDS.toNanos(300));
        pool(it + "keepalive", "1m", "settings.keepaliveNanos", SECONDS.toNanos(60));
        pool(it + "leak-threshold", "30s", "settings.leakNanos", SECONDS.toNanos(30));
        pool(it + "reclaim-after", "90s", "settings.reclaimNanos", SECONDS.toNanos(90));
        pool(it + "slow-query-threshold", "200ms", "slowQueries.options.thresholdNanos", MILLISECONDS.toNanos(200));
        pool(it + "slow-queries-kept", "11", "slowQueries.options.kept", 11);
        pool(it + "capture-parameters", "true", "slowQueries.options.parameters", true);
        pool(it + "primary-required", "true", "settings.primaryRequired", true);
        for (String off : List.of("max-lifetime", "idle-timeout", "keepalive", "leak-detection", "slow-queries")) {
            String field = switch (off) {
                case "max-lifetime" -> "settings.maxLifetimeNanos";
                case "idle-timeout" -> "settings.idleNanos";
                case "keepalive" -> "settings.keepaliveNanos";
                case "leak-detection" -> "settings.leakNanos";
                default -> "slowQueries.options.thresholdNanos";
            };
            pool(it + "without", off, field, Long.MAX_VALUE);
        }
        refused(
                it + "without",
                onPostgres,
                "keepalive",
                "wellhead.pool.keepalive is set, and wellhead.pool.without switches off keepalive",
                it + "keepalive=1m");
        put(
                it + "session-reset",
                onPostgres,
                "never",
                context -> {
                    DataSource one = context.getBean(DataSource.class);
                    execute(one, "set application_name to 'left behind'");

                    assertThat(show(one, "application_name")).isEqualTo("left behind");
                },
                it + "max-size=1");
        put(
                it + "jmx",
                onPostgres,
                "true",
                context -> assertThat(ManagementFactory.getPlatformMBeanServer()
                                .isRegistered(new ObjectName("dev.wellhead:type=ConnectionPool,name=\"shown\"")))
                        .isTrue(),
                it + "name=shown");
        put(
                it + "connection-init",
                onPostgres,
                "set application_name to 'from init'",
                context -> assertThat(show(context.getBean(DataSource.class), "application_name"))
                        .isEqualTo("from init"));
        put(
                it + "driver-properties",
                onPostgres,
                "",
                context -> assertThat(show(context.getBean(DataSource.class), "application_name"))
                        .isEqualTo("from driver"),
                it + "driver-properties.ApplicationName=from driver");
        put(
                it + "warm-up",
                onPostgres,
                "30s",
                context -> assertThat(
                                context.getBean(ConnectionPool.class).stats().idle())
                        .isGreaterThanOrEqualTo(3),
                it + "min-idle=3");
        put(it + "drain", onPostgres, "1ms", context -> {
            Connection held = context.getBean(DataSource.class).getConnection();

            // Without the property it takes the pool's ten seconds.
            assertThat(CompletableFuture.runAsync(context::close)).succeedsWithin(Duration.ofSeconds(9));
            assertThat(held.isClosed()).isTrue();
        });
        for (String number : List.of("max-size", "max-waiters", "parallel-connects", "slow-queries-kept")) {
            refused(it + number, onPostgres, "0", "wellhead.pool." + number + " is refused: ");
        }
    }

    private static void sqlite() {
        String it = "wellhead.sqlite.";
        put(
                it + "readers",
                onSqlite,
                "3",
                context -> assertThat(context.getBean(SqliteDatabase.class))
                        .extracting("readers.settings.maxSize")
                        .isEqualTo(3));
        refused(it + "busy-timeout", onSqlite, "0", "wellhead.sqlite.busy-timeout is refused: busyTimeout");
        refused(it + "upkeep", onSqlite, "0", "wellhead.sqlite.upkeep is refused: upkeep");
        put(
                it + "upkeep",
                onSqlite,
                "1h",
                context -> assertThat(threads()).anyMatch(name -> name.contains("kept-upkeep")),
                "wellhead.pool.name=kept");
        put(
                it + "without",
                onSqlite,
                "upkeep",
                context -> assertThat(threads()).noneMatch(name -> name.contains("unkept-upkeep")),
                "wellhead.pool.name=unkept");
    }

    private static void migrate() {
        String it = "wellhead.migrate.";
        put(
                it + "enabled",
                onPostgres,
                "false",
                context -> assertThat(context).hasNotFailed().doesNotHaveBean(Migrator.class));
        put(
                it + "run-at-start",
                onPostgres,
                "false",
                context -> assertThat(context).hasSingleBean(Migrator.class).doesNotHaveBean(MigrationsAtStart.class),
                it + "enabled=true");
        put(
                it + "locations",
                onPostgres,
                "classpath:later",
                context -> assertThat(context.getBean(Migrator.class).status())
                        .extracting("version")
                        .containsExactly("002"),
                it + "enabled=true",
                it + "run-at-start=false");
        refused(
                it + "locations",
                onPostgres,
                "migrations",
                "wellhead.migrate.locations: 'migrations' must begin with classpath: or file:",
                it + "enabled=true");
        migrator(it + "schema", "other", "options.schema", "other");
        migrator(it + "history-table", "changes", "options.historyTable", "changes");
        migrator(it + "out-of-order", "true", "options.outOfOrder", true);
        migrator(it + "lock-wait", "1m", "options.lockWait", Duration.ofMinutes(1));
        migrator(it + "lock-timeout", "2s", "options.lockTimeout", Duration.ofSeconds(2));
        migrator(it + "lock-retry", "3m", "options.lockRetry", Duration.ofMinutes(3));
        migrator(it + "index-progress", "5s", "options.indexProgress", Duration.ofSeconds(5));
        migrator(it + "snapshot-schemas", "app,audit", "options.inspection.schemas", Set.of("app", "audit"));
        migrator(it + "beside-other-histories", "true", "options.besideOtherHistories", true);
        migrator(it + "without", "lock-timeout", "options.lockTimeout", null);
        migrator(it + "without", "snapshots", "options.inspection.snapshots", false);
        put(
                it + "placeholders",
                onPostgres,
                "",
                context -> assertThat(database.queryOne("select to_regclass('filled_in')"))
                        .isEqualTo("filled_in"),
                it + "enabled=true",
                // Not in the history that the others look at.
                it + "history-table=filled",
                it + "locations=classpath:placeholders",
                it + "placeholders.table=filled_in");
    }

    private static void redis() {
        String it = "wellhead.redis.";
        put(
                it + "enabled",
                onRedis,
                "false",
                context -> assertThat(context).hasNotFailed().doesNotHaveBean(Redis.class));
        put(
                it + "url",
                withoutRedis,
                RedisServer.shared().uri(),
                context -> assertThat(context.getBean(Redis.class).stats().connected())
                        .isTrue(),
                it + "budget=2s",
                it + "connect-timeout=10s");
        put(
                it + "cluster",
                withoutRedis,
                "redis://127.0.0.1:" + Ports.free(),
                context -> assertThat(context.getBean(Redis.class).isCluster()).isTrue(),
                it + "connect-timeout=10ms");
        put(
                it + "name",
                onRedis,
                "shared",
                context -> assertThat(context.getBean(Redis.class).health().detail())
                        .contains("redis 'shared'"));
        put(
                it + "budget",
                onRedis,
                "1234ms",
                context -> assertThat(context.getBean(Redis.class).budget()).isEqualTo(Duration.ofMillis(1_234)));
        refused(it + "connect-timeout", onRedis, "0", "wellhead.redis.connect-timeout is refused: connectTimeout");
        refused(it + "breaker-failures", onRedis, "0", "wellhead.redis.breaker-failures is refused: failures");
        refused(it + "breaker-probe", onRedis, "0", "wellhead.redis.breaker-probe is refused: probeEvery");
        refused(it + "heartbeat", onRedis, "0", "wellhead.redis.heartbeat is refused: heartbeat");
        refused(it + "queue", onRedis, "0", "wellhead.redis.queue is refused: queue");
        refused(
                it + "ssl-bundle",
                onRedis,
                "none",
                "wellhead.redis.ssl-bundle names 'none', and there is no spring.ssl.bundle of that name");
        refused(
                it + "url",
                onRedis,
                "redis://127.0.0.1:1",
                "wellhead.redis.url and wellhead.redis.cluster are both set",
                it + "cluster=redis://127.0.0.1:2");
    }

    private static void cache() {
        String it = "wellhead.cache.";
        String all = it + "defaults.";
        put(
                it + "enabled",
                onRedis,
                "false",
                context -> assertThat(context).hasNotFailed().doesNotHaveBean(Caches.class));
        cache(all + "local", "true", "options.name", "probe");
        cache(all + "expire-after-write", "7m", "options.basics.lifetimes.nanos", SECONDS.toNanos(420));
        cache(all + "near-maximum-size", "17", "options.basics.maximumSize", 17L);
        cache(all + "near-expire-after-write", "9s", "options.nearNanos", SECONDS.toNanos(9));
        cache(all + "near-expire-while-away", "300ms", "options.awayNanos", MILLISECONDS.toNanos(300));
        cache(all + "ttl-jitter", "0.25", "options.basics.lifetimes.jitter", 0.25);
        cache(all + "cache-nulls", "5s", "options.basics.lifetimes.nullNanos.asLong", SECONDS.toNanos(5));
        cache(all + "stale-while-revalidate", "6s", "options.basics.staleness.revalidateNanos", SECONDS.toNanos(6));
        cache(all + "stale-if-error", "8s", "options.basics.staleness.errorNanos", SECONDS.toNanos(8));
        cache(
                all + "soft-load-timeout",
                "100ms",
                "options.basics.timeouts.softNanos",
                MILLISECONDS.toNanos(100),
                all + "stale-if-error=1h");
        cache(all + "hard-load-timeout", "4s", "options.basics.timeouts.hardNanos", SECONDS.toNanos(4));
        cache(all + "cache-failures", "1s", "options.basics.failureNanos", SECONDS.toNanos(1));
        cache(all + "maximum-loads", "5", "options.basics.maximumLoads", 5);
        cache(all + "maximum-refreshes", "2", "options.basics.maximumRefreshes", 2);
        cache(all + "lease", "15s", "options.leaseNanos", SECONDS.toNanos(15));
        cache(all + "schema-version", "4", "options.schemaVersion", 4);
        cache(all + "maximum-value-size", "2KB", "options.maximumValueBytes", 2_048);
        cache(all + "compress-above", "1KB", "options.compressAbove", 1_024);
        cache(all + "maximum-queued-invalidations", "9", "options.maximumQueuedInvalidations", 9);
        cache(all + "hear-other-programs", "true", "options.watchesKeys", true);
        cache(all + "without", "jitter", "options.basics.lifetimes.jitter", 0.0);
        cache(all + "without", "nulls", "options.basics.lifetimes.nullNanos.present", false);
        cache(all + "without", "early-expiry", "options.basics.early", null);
        cache(
                it + "caches",
                "",
                "options.basics.lifetimes.nanos",
                SECONDS.toNanos(3),
                it + "caches.probe.expire-after-write=3s",
                it + "caches.other.expire-after-write=4s");
        TRIALS.computeIfAbsent(all + "maximum-loads", name -> new ArrayList<>())
                .add(
                        new Trial(
                                onRedis,
                                "0",
                                leaseOf(all),
                                context -> assertThat(context.getBean(Caches.class))
                                        .satisfies(
                                                caches -> assertThatExceptionOfType(
                                                                WellheadConfigurationException.class)
                                                        .isThrownBy(() -> caches.get("probe", Long.class, String.class))
                                                        .withMessageStartingWith(
                                                                "wellhead.cache.defaults.maximum-loads is refused: maximumLoads must be >= 1"))));
    }

    private static void limits() {
        String it = "wellhead.ratelimit.";
        put(
                it + "enabled",
                onRedis,
                "false",
                context -> assertThat(context).hasNotFailed().doesNotHaveBean(RateLimiter.class));
        put(
                it + "in-memory",
                onRedis,
                "true",
                context -> assertThat(
                                context.getBean(RateLimiter.class).getClass().getSimpleName())
                        .isEqualTo("InMemoryRateLimiter"));
        refused(it + "namespace", onRedis, "not a name", "wellhead.ratelimit.namespace is refused: namespace");
        refused(it + "max-keys", onRedis, "0", "wellhead.ratelimit.max-keys is refused: maxKeys");
        refused(it + "denial-max-age", onRedis, "2m", "wellhead.ratelimit.denial-max-age is refused: denialMaxAge");
        String away = "wellhead.redis.url=redis://127.0.0.1:" + Ports.free();
        put(
                it + "on-failure",
                withoutRedis,
                "closed",
                context -> assertThat(decide(context).source()).isEqualTo(Decision.Source.CLOSED),
                away,
                "wellhead.redis.connect-timeout=10ms");
        put(
                it + "on-failure",
                withoutRedis,
                "open",
                context -> assertThat(decide(context).source()).isEqualTo(Decision.Source.OPEN),
                away,
                "wellhead.redis.connect-timeout=10ms");
        refused(it + "local-share", onRedis, "2", "wellhead.ratelimit.local-share is refused: share");
        put(
                it + "limits",
                withoutRedis,
                "",
                context -> assertThat(context.getBeansOfType(Limit.class))
                        .containsEntry(
                                "per-ip",
                                Limit.tokenBucket("per-ip", 100, Duration.ofMinutes(1))
                                        .burst(20)
                                        .onFailure(FailurePolicy.local(0.25)))
                        .containsEntry("daily", Limit.fixedWindow("daily", 5, Duration.ofDays(1)))
                        .containsEntry("log", Limit.slidingLog("log", 5, Duration.ofMinutes(1)))
                        .containsEntry("counter", Limit.slidingCounter("counter", 5, Duration.ofMinutes(1)))
                        .containsEntry("queue", Limit.leaky("queue", 5, Duration.ofSeconds(1), 10))
                        .containsEntry(
                                "leased",
                                Limit.tokenBucket("leased", 100, Duration.ofSeconds(1))
                                        .leased(Duration.ofMillis(100)))
                        .hasSize(6),
                limit("per-ip", "permits=100"),
                limit("per-ip", "per=1m"),
                limit("per-ip", "burst=20"),
                limit("per-ip", "on-failure=local"),
                limit("per-ip", "local-share=0.25"),
                limit("daily", "algorithm=fixed-window"),
                limit("daily", "permits=5"),
                limit("daily", "per=1d"),
                limit("log", "algorithm=sliding-log"),
                limit("log", "permits=5"),
                limit("log", "per=1m"),
                limit("counter", "algorithm=sliding-counter"),
                limit("counter", "permits=5"),
                limit("counter", "per=1m"),
                limit("queue", "algorithm=leaky"),
                limit("queue", "permits=5"),
                limit("queue", "per=1s"),
                limit("queue", "queue=10"),
                limit("leased", "permits=100"),
                limit("leased", "per=1s"),
                limit("leased", "lease=100ms"));
    }

    private static void backup() {
        String it = "wellhead.backup.";
        String here = it + "directory=" + folder.resolve("backups");
        put(
                it + "enabled",
                onPostgres,
                "false",
                context -> assertThat(context).hasNotFailed().doesNotHaveBean(Backups.class),
                here);
        put(it + "directory", onPostgres, folder.resolve("elsewhere").toString(), context -> {
            context.getBean(Backups.class).create();

            assertThat(folder.resolve("elsewhere")).isDirectoryContaining("glob:**");
        });
        refused(
                it + "schema",
                onPostgres,
                "migrations",
                "wellhead.backup.schema is migrations, and there are none",
                here);
        put(
                it + "schema",
                onPostgres,
                "catalogue",
                context -> assertThat(context.getBean(Backups.class))
                        .extracting("engine.schema")
                        .extracting(schema -> schema.getClass().getSimpleName())
                        .isEqualTo("CarriedSchema"),
                here,
                "wellhead.migrate.enabled=true",
                "wellhead.migrate.run-at-start=false");
        refused(it + "encryption-key", onPostgres, "%%%", "wellhead.backup.encryption-key is not Base64", here);
        refused(it + "encryption-key", onPostgres, "c2hvcnQ=", "must have 32 bytes, has 5", here);
        refused(
                it + "encryption-key-name",
                onPostgres,
                "no name",
                "wellhead.backup.encryption-key is refused: the name of a key",
                here,
                it + "encryption-key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
        backups(it + "alarm-after", "3d", "settings.alarmAfter", Duration.ofDays(3));
        backups(it + "workers", "2", "settings.workers", 2);
        backups(it + "bytes-per-second", "3MB", "settings.bytesPerSecond", 3L << 20);
        for (String rule : List.of("last", "daily", "weekly", "monthly", "yearly")) {
            backups(it + "retention." + rule, "6", "settings.retention." + rule, 6);
        }
        backups(
                it + "retention.zone",
                "Europe/Berlin",
                "settings.retention.zone",
                ZoneId.of("Europe/Berlin"),
                it + "retention.last=1");
        String when = it + "schedule.";
        String never = when + "every=3650d";
        times(when + "daily-at", "03:30", "builder.jitter", Duration.ofMinutes(10));
        times(when + "every", "12h", "builder.jitter", Duration.ZERO);
        times(when + "jitter", "5m", "builder.jitter", Duration.ofMinutes(5), never);
        times(when + "jitter", "0", "builder.jitter", Duration.ZERO, when + "daily-at=03:30");
        times(when + "verify-by-restore", "false", "builder.verifyAfter", null, never);
        times(when + "prune", "true", "builder.prune", true, never);
        times(when + "zone", "Asia/Tokyo", "builder.jitter", Duration.ofMinutes(10), when + "daily-at=03:30");
        refused(when + "zone", onPostgres, "Nowhere/Land", "Nowhere/Land", here, when + "daily-at=03:30");
        refused(
                when + "every",
                onPostgres,
                "1h",
                "wellhead.backup.schedule.daily-at and wellhead.backup.schedule.every are both set",
                here,
                when + "daily-at=03:30");
    }

    private static void pool(String property, String value, String field, Object expected) {
        put(
                property,
                onPostgres,
                value,
                context -> assertThat(context.getBean(ConnectionPool.class))
                        .extracting(field)
                        .isEqualTo(expected));
    }

    private static void migrator(String property, String value, String field, Object expected) {
        put(
                property,
                onPostgres,
                value,
                context -> assertThat(context.getBean(Migrator.class))
                        .extracting(field)
                        .isEqualTo(expected),
                "wellhead.migrate.enabled=true",
                "wellhead.migrate.run-at-start=false");
    }

    private static String[] leaseOf(String all) {
        return new String[] {all + "expire-after-write=1h", all + "lease=10s"};
    }

    private static void cache(String property, String value, String field, Object expected, String... also) {
        List<String> all = new ArrayList<>(Arrays.asList(leaseOf("wellhead.cache.defaults.")));
        all.addAll(Arrays.asList(also));
        put(
                property,
                onRedis,
                value,
                context -> {
                    Cache<Long, String> cache = context.getBean(Caches.class).get("probe", Long.class, String.class);
                    if (field.equals("options.name")) {
                        assertThat(cache.getClass().getSimpleName()).isEqualTo("LocalCache");
                    } else {
                        assertThat(cache).extracting(field).isEqualTo(expected);
                    }
                },
                all.toArray(String[]::new));
    }

    private static void backups(String property, String value, String field, Object expected, String... also) {
        List<String> all = new ArrayList<>(List.of("wellhead.backup.directory=" + folder.resolve("backups")));
        all.addAll(Arrays.asList(also));
        put(
                property,
                onPostgres,
                value,
                context -> assertThat(context.getBean(Backups.class))
                        .extracting(field)
                        .isEqualTo(expected),
                all.toArray(String[]::new));
    }

    private static void times(String property, String value, String field, Object expected, String... also) {
        List<String> all = new ArrayList<>(List.of("wellhead.backup.directory=" + folder.resolve("timed")));
        all.addAll(Arrays.asList(also));
        put(
                property,
                onPostgres,
                value,
                context -> {
                    assertThat(context.getBean(BackupTimes.class).isRunning()).isTrue();
                    assertThat(context.getBean(BackupTimes.class))
                            .extracting(field)
                            .isEqualTo(expected);
                },
                all.toArray(String[]::new));
    }

    private static void refused(
            String property, ApplicationContextRunner application, String value, String words, String... also) {
        put(
                property,
                application,
                value,
                context -> {
                    assertThat(context).hasFailed();
                    assertThat(messages(context.getStartupFailure())).anyMatch(message -> message.contains(words));
                },
                also);
    }

    private static List<String> messages(Throwable failure) {
        List<String> messages = new ArrayList<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            messages.add(String.valueOf(cause.getMessage()));
        }
        return messages;
    }

    private static void put(
            String property, ApplicationContextRunner application, String value, Check check, String... also) {
        TRIALS.computeIfAbsent(property, name -> new ArrayList<>()).add(new Trial(application, value, also, check));
    }

    private static String limit(String name, String setting) {
        return "wellhead.ratelimit.limits." + name + "." + setting;
    }

    private static Decision decide(AssertableApplicationContext context) {
        return context.getBean(RateLimiter.class)
                .tryAcquire(Limit.tokenBucket("probe", 1, Duration.ofMinutes(1)), "somebody");
    }

    private static Set<String> threads() {
        Set<String> names = new TreeSet<>();
        Thread.getAllStackTraces().keySet().forEach(thread -> names.add(thread.getName()));
        return names;
    }

    private static String show(DataSource dataSource, String setting) {
        return new JdbcTemplate(dataSource).queryForObject("select current_setting('" + setting + "')", String.class);
    }

    private static void execute(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
