package dev.wellhead.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.SchemaSource;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.DefaultClientResources;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Everything whose building is measured. Each case is a class of its own, and none has a lambda outside of {@code build}:
 * nothing that belongs to the measured part may be loaded before it.
 */
final class StartupCases {
    /** Nobody listens on port 1: a dial is refused at once. */
    private static final String NO_REDIS = "redis://127.0.0.1:1";

    private static final String URL = "jdbc:postgresql://127.0.0.1:1/app";

    private StartupCases() {}

    /**
     * Returns a new case, with what it needs prepared.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    static StartupCase named(String name) throws SQLException {
        return switch (name) {
            case "jvm" -> new BareJvm();
            case "driver" -> new BareDriver();
            case "pool" -> new Pool();
            case "HikariCP" -> new Hikari();
            case "migrate" -> new Migrate();
            case "Flyway" -> new FlywayLoad();
            case "backup" -> new Backup();
            case "cache.local" -> new LocalCache();
            case "ratelimit.memory" -> new MemoryLimiter();
            case "lettuce" -> new BareLettuce();
            case "redis" -> new RedisClientOfOurs();
            case "client" -> new BareClient();
            case "cache.redis" -> new RedisCache();
            case "ratelimit.redis" -> new RedisLimiter();
            default -> throw new IllegalArgumentException("no case '" + name + "'");
        };
    }

    private static final class BareJvm implements StartupCase {
        @Override
        public Object build() {
            return this;
        }
    }

    /** The driver manager has found the driver, as it would for the first connection. */
    private abstract static class WithDriver implements StartupCase {
        WithDriver() throws SQLException {
            DriverManager.getDriver(URL);
        }
    }

    private static final class BareDriver extends WithDriver {
        BareDriver() throws SQLException {}

        @Override
        public Object build() {
            return this;
        }
    }

    private static final class Pool extends WithDriver {
        Pool() throws SQLException {}

        @Override
        public Object build() {
            return ConnectionPool.builder(URL)
                    .credentials("app", "secret")
                    .maxSize(10)
                    .minIdle(0)
                    .build();
        }
    }

    private static final class Hikari extends WithDriver {
        Hikari() throws SQLException {}

        @Override
        public Object build() {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(URL);
            config.setUsername("app");
            config.setPassword("secret");
            config.setMaximumPoolSize(10);
            config.setMinimumIdle(0);
            // Below zero: do not try to connect while building.
            config.setInitializationFailTimeout(-1);
            return new HikariDataSource(config);
        }
    }

    /** The host hands over the driver's own data source. */
    private abstract static class WithDataSource extends WithDriver {
        final DataSource dataSource;

        WithDataSource() throws SQLException {
            PGSimpleDataSource postgres = new PGSimpleDataSource();
            postgres.setUrl(URL);
            postgres.setUser("app");
            postgres.setPassword("secret");
            dataSource = postgres;
        }
    }

    private static final class Migrate extends WithDataSource {
        Migrate() throws SQLException {}

        @Override
        public Object build() {
            return Migrator.builder(dataSource)
                    .source(MigrationSource.classpath("migrations"))
                    .build();
        }
    }

    private static final class FlywayLoad extends WithDataSource {
        FlywayLoad() throws SQLException {}

        @Override
        public Object build() {
            return Flyway.configure()
                    .dataSource(dataSource)
                    .locations("classpath:migrations")
                    .load();
        }
    }

    private static final class Backup extends WithDriver {
        Backup() throws SQLException {}

        @Override
        public Object build() {
            return Backups.builder(
                            Database.postgres(DirectDataSource.of(URL, "app", "secret"), new NoSchema()),
                            BackupStore.directory(Path.of("backups")))
                    .build();
        }
    }

    /** Stands for the migrations of a host. */
    private static final class NoSchema implements SchemaSource {
        @Override
        public String fingerprint() {
            return "none";
        }

        @Override
        public void apply(DataSource database) {}
    }

    private static final class LocalCache implements StartupCase {
        @Override
        public Object build() {
            return Cache.<Long, String>local("species")
                    .expireAfterWrite(Duration.ofMinutes(5))
                    .build();
        }
    }

    private static final class MemoryLimiter implements StartupCase {
        @Override
        public Object build() {
            return RateLimiter.inMemory().build();
        }
    }

    /** Lettuce by hand, set up as {@link Redis} sets it up: what a Redis user pays in any case. */
    private static final class BareLettuce implements StartupCase {
        @Override
        public Object build() throws InterruptedException {
            RedisURI uri = RedisURI.create(NO_REDIS);
            RedisClient client = RedisClient.create(
                    DefaultClientResources.builder()
                            .ioThreadPoolSize(2)
                            .computationThreadPoolSize(2)
                            .build(),
                    uri);
            client.setOptions(ClientOptions.builder()
                    .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                    .build());
            CompletionStage<?> dial = client.connectAsync(ByteArrayCodec.INSTANCE, uri);
            try {
                dial.toCompletableFuture().get(1, TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // As expected: nobody is there.
            }
            return List.of(client, dial);
        }
    }

    private static final class RedisClientOfOurs implements StartupCase {
        @Override
        public Object build() {
            return Redis.builder(RedisURI.create(NO_REDIS))
                    .connectTimeout(Duration.ofMillis(1))
                    .build();
        }
    }

    /** The host has a client already, which has tried to connect and keeps trying. */
    private abstract static class WithRedis implements StartupCase {
        final Redis redis;

        WithRedis() {
            redis = Redis.builder(RedisURI.create(NO_REDIS))
                    .connectTimeout(Duration.ofMillis(500))
                    .build();
        }
    }

    private static final class BareClient extends WithRedis {
        @Override
        public Object build() {
            return this;
        }
    }

    private static final class RedisCache extends WithRedis {
        @Override
        public Object build() {
            return Cache.builder("species", redis, KeyCodec.ofLong(), Codec.string())
                    .expireAfterWrite(Duration.ofMinutes(5))
                    .build();
        }
    }

    private static final class RedisLimiter extends WithRedis {
        @Override
        public Object build() {
            return RateLimiter.redis(redis).build();
        }
    }
}
