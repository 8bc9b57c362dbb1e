package dev.wellhead.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.core.MetricSink;
import dev.wellhead.migrate.MigrationException;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import io.lettuce.core.RedisURI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Every module on real servers, all of them measured, and enough to do that each has something to tell. */
final class AllModules implements AutoCloseable {
    /** Stands in everything that callers bring: keys, values, SQL. */
    static final String CANARY = "canary7d1f";

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final MetricSink sink;
    private final Path folder;
    private final TestDatabase database;
    private final RedisServer server;
    private final ConnectionPool pool;
    private final Redis redis;
    private final Cache<String, String> cache;
    private final Cache<String, String> local;
    private final RateLimiter limiter;
    private final RateLimiter inMemory;

    AllModules(MetricSink sink, Path folder) {
        this.sink = sink;
        this.folder = folder;
        database = opened(TestDatabase.postgres());
        server = opened(RedisServer.builder().start());
        pool = opened(ConnectionPool.builder(database.url())
                .name("orders")
                .credentials(database.user(), database.password())
                .maxSize(2)
                .minIdle(1)
                .acquireTimeout(LONG)
                .leakThreshold(Duration.ofMillis(50))
                .slowQueryThreshold(Duration.ofMillis(1))
                .metrics(sink)
                .build());
        redis = opened(Redis.builder(RedisURI.create(server.uri()))
                .name("main")
                .budget(Duration.ofMillis(500))
                .metrics(sink)
                .build());
        cache = opened(Cache.builder("users", redis, KeyCodec.ofString(), Codec.string())
                .expireAfterWrite(Duration.ofHours(1))
                .metrics(sink)
                .build());
        local = opened(Cache.<String, String>local("species")
                .expireAfterWrite(Duration.ofHours(1))
                .metrics(sink)
                .build());
        limiter = opened(RateLimiter.redis(redis).namespace("api").metrics(sink).build());
        inMemory =
                opened(RateLimiter.inMemory().namespace("local").metrics(sink).build());
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    /** Lets each module do something of every kind that it counts. */
    void work() throws Exception {
        borrow();
        migrate();
        backUp();
        twoPoolsOfSqlite();
        readThrough();
        limit();
    }

    private void borrow() throws Exception {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                Connection second = pool.getConnection()) {
            statement.execute("select pg_sleep(0.01), '" + CANARY + "'");
            assertThat(pool.tryAcquire(Duration.ofMillis(20))).isEmpty();
            assertThat(second.isValid(5)).isTrue();
            await().atMost(LONG).until(() -> pool.stats().leaksReported() > 0);
        }
        pool.getConnection().abort(Runnable::run);
    }

    private void migrate() {
        Migrator good = Migrator.builder(pool.direct())
                .source(MigrationSource.of(Map.of(
                        "001_users.sql", "create table users (id int primary key, name text)",
                        "001_users.down.sql", "drop table users")))
                .metrics(sink)
                .build();
        good.migrate();
        good.rollback(1);
        good.migrate();
        Migrator bad = Migrator.builder(pool.direct())
                .source(MigrationSource.of(Map.of(
                        "001_users.sql", "create table users (id int primary key, name text)",
                        "001_users.down.sql", "drop table users",
                        "002_bad.sql", "insert into " + CANARY + " values (1)")))
                .metrics(sink)
                .build();
        assertThatThrownBy(bad::migrate).isInstanceOf(MigrationException.class);
    }

    private void backUp() {
        database.execute("insert into users values (1, '" + CANARY + "')");
        Backups backups = Backups.builder(
                        Database.postgres(pool.direct()), BackupStore.directory(folder.resolve("store")))
                .metrics(sink)
                .build();
        BackupInfo made = backups.create();
        assertThat(backups.verify(made.id()).problems()).isEmpty();
        backups.list();
    }

    private void twoPoolsOfSqlite() throws SQLException {
        try (SqliteDatabase sqlite = SqliteDatabase.builder(folder.resolve("app.db"))
                .name("sqlite")
                .metrics(sink)
                .open()) {
            try (Connection writing = sqlite.writer().getConnection();
                    Statement statement = writing.createStatement()) {
                statement.execute("create table t (id integer primary key)");
            }
        }
    }

    private void readThrough() {
        for (Cache<String, String> each : List.of(cache, local)) {
            for (int times = 0; times < 3; times++) {
                assertThat(each.<RuntimeException>get(CANARY, key -> CANARY)).isEqualTo(CANARY);
            }
            assertThatThrownBy(() -> each.<IllegalStateException>get(CANARY + "2", key -> {
                        throw new IllegalStateException(CANARY);
                    }))
                    .hasMessage(CANARY);
            each.invalidate(CANARY);
        }
    }

    private void limit() {
        Limit perIp = Limit.tokenBucket("per-ip", 2, Duration.ofHours(1));
        for (RateLimiter each : List.of(limiter, inMemory)) {
            for (int times = 0; times < 4; times++) {
                each.tryAcquire(perIp, CANARY + times % 2);
                each.tryAcquire(perIp, CANARY);
            }
        }
    }

    /** Takes Redis away, so that its breaker opens and others decide. */
    void loseRedis() {
        server.kill();
        Limit perIp = Limit.tokenBucket("per-ip", 2, Duration.ofHours(1));
        await().atMost(LONG).until(() -> {
            limiter.tryAcquire(perIp, CANARY + "3");
            return redis.stats().breakerOpen();
        });
        assertThat(cache.<RuntimeException>get(CANARY + "4", key -> "value")).isEqualTo("value");
    }

    ConnectionPool pool() {
        return pool;
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
