package dev.wellhead.examples.prediction;

import dev.wellhead.backup.BackupSchedule;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.backup.Retention;
import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import io.lettuce.core.RedisURI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** Everything in thirty lines: the README shows the part between the marks, and a test keeps the two the same. */
final class Quickstart {
    private Quickstart() {}

    static String run(String url, String user, String password, String redisUrl, Path folder, long id, String clientIp)
            throws Exception {
        // README: begin
        try (ConnectionPool pool = ConnectionPool.builder(url)
                        .credentials(user, password)
                        .maxSize(10)
                        .build();
                Redis redis = Redis.builder(RedisURI.create(redisUrl)).build();
                Cache<Long, String> species = Cache.builder("species", redis, KeyCodec.ofLong(), Codec.string())
                        .expireAfterWrite(Duration.ofMinutes(5))
                        .build();
                RateLimiter limiter = RateLimiter.redis(redis).build()) {

            Migrator migrator = Migrator.builder(pool.direct())
                    .source(MigrationSource.classpath("migrations"))
                    .build();
            migrator.migrate();

            Backups backups = Backups.builder(
                            Database.postgres(pool.direct(), migrator.replay()), BackupStore.directory(folder))
                    .retention(Retention.builder().daily(7).weekly(4).build())
                    .build();
            try (BackupSchedule nightly = backups.daily(LocalTime.of(3, 0), ZoneOffset.UTC)
                    .verifyByRestore()
                    .start()) {

                Limit perIp = Limit.tokenBucket("per-ip", 100, Duration.ofMinutes(1));
                Decision decision = limiter.tryAcquire(perIp, clientIp);
                if (!decision.allowed()) {
                    return "429, come back in " + decision.retryAfter();
                }
                return species.get(id, key -> loadSpecies(pool, key));
            }
        }
        // README: end
    }

    private static String loadSpecies(ConnectionPool pool, long id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement("select species from flowers where id = ?")) {
            query.setLong(1, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getString(1) : "unknown";
            }
        }
    }
}
