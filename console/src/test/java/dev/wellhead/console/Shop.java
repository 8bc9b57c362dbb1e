package dev.wellhead.console;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import io.lettuce.core.RedisURI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

/** A small service with every part, on a real PostgreSQL and Redis. */
final class Shop implements AutoCloseable {
    private static final Map<String, String> MIGRATIONS = Map.of(
            "001_create_customers.sql",
                    "create table customers (id bigint primary key, name text not null, city text not null)",
            "001_create_customers.down.sql", "drop table customers",
            "002_create_orders.sql",
                    "create table orders (id bigint primary key, customer_id bigint not null references customers, status text not null,"
                            + " total numeric not null)",
            "002_create_orders.down.sql", "drop table orders",
            "003_fill.sql",
                    "insert into customers select n, 'name-' || n, 'city-' || n % 50 from generate_series(1, 2000) n;"
                            + "insert into orders select n, n % 2000 + 1, case when n % 7 = 0 then 'open' else 'done' end, n % 100"
                            + " from generate_series(1, 40000) n;"
                            + "analyze customers; analyze orders",
            "004_index_orders_by_customer.sql", "create index on orders (customer_id)",
            "004_index_orders_by_customer.down.sql", "drop index orders_customer_id_idx",
            "005_add_notes.sql", "alter table orders add column note text");
    static final Limit PER_IP = Limit.tokenBucket("per-ip", 20, Duration.ofMinutes(1));
    static final String HEAVY =
            "select c.city, count(*), sum(o.total) from orders o join customers c on c.id = o.customer_id where"
                    + " o.status = ? and o.total > ? and (select pg_sleep(0.006)::text) is not null group by c.city order by 3 desc";

    final TestDatabase database = TestDatabase.postgres();
    final RedisServer redisServer = RedisServer.builder().start();
    final ConsoleMetrics metrics = ConsoleMetrics.create();
    final ConnectionPool pool;
    final Redis redis;
    final Cache<Long, String> cache;
    final WatchedLimiter limiter;
    final Migrator migrator;
    final Backups backups;
    final BackupInfo verified;

    Shop(Path folder) {
        pool = ConnectionPool.builder(database.url())
                .name("orders")
                .credentials(database.user(), database.password())
                .maxSize(8)
                .acquireTimeout(Duration.ofSeconds(10))
                .slowQueryThreshold(Duration.ofMillis(5))
                .metrics(metrics)
                .build();
        redis = Redis.builder(RedisURI.create(redisServer.uri()))
                .breaker(3, Duration.ofMillis(200))
                .metrics(metrics)
                .build();
        cache = Cache.builder("customers", redis, KeyCodec.ofLong(), Codec.string())
                .expireAfterWrite(Duration.ofMinutes(5))
                .build();
        limiter = WatchedLimiter.of(RateLimiter.redis(redis).build());
        migrator = Migrator.builder(pool.direct())
                .source(MigrationSource.of(MIGRATIONS))
                .build();
        migrator.migrate("004");
        backups = Backups.builder(Database.postgres(pool.direct()), BackupStore.directory(folder))
                .build();
        verified = backups.create();
        backups.verify(verified.id());
        backups.create();
    }

    Console.Builder console() {
        return Console.builder()
                .title("orders-service")
                .metrics(metrics)
                .pool(pool)
                .cache("customers", cache)
                .limiter("api", limiter)
                .redis("redis", redis)
                .migrations("orders", migrator)
                .backups("nightly", backups);
    }

    String customer(long id) throws SQLException {
        return cache.get(id, key -> load(key));
    }

    private String load(long id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement("select name from customers where id = ?")) {
            statement.setLong(1, id);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : "nobody";
            }
        }
    }

    /** Runs what is slow: joins and adds up all orders, and waits a little so that it is slow on any machine. */
    void report() throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(HEAVY)) {
            statement.setString(1, "open");
            statement.setInt(2, 10);
            statement.executeQuery().close();
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        limiter.close();
        cache.close();
        redis.close();
        pool.close();
        redisServer.close();
        database.close();
    }
}
