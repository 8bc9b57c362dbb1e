package dev.wellhead.examples.prediction;

import dev.wellhead.backup.BackupSchedule;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Retention;
import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.core.Health;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.ratelimit.FailurePolicy;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running service: every part of Wellhead, wired by hand, started and stopped together.
 *
 * <p>Thread-safe. Whoever starts it closes it.
 */
public final class PredictionService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PredictionService.class);
    private static final Duration CACHED_FOR = Duration.ofMinutes(5);
    private static final Limit PER_IP =
            Limit.tokenBucket("per-ip", 100, Duration.ofMinutes(1)).onFailure(FailurePolicy.local(0.5));

    // What was started, to be closed in the opposite order.
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final PrometheusSink metrics = new PrometheusSink();
    private final Optional<Redis> redis;
    private final Storage storage;
    private final Migrator migrator;
    private final Backups backups;
    private final HttpApi http;

    private PredictionService(Settings settings) {
        try {
            // First, so that a taken port is told before anything is changed.
            http = started(new HttpApi(settings.host(), settings.port(), metrics));
            storage = started(Storage.open(settings.database(), metrics));

            MigrationSource migrations = MigrationSource.classpath("migrations");
            migrator = Migrator.builder(storage.direct())
                    .source(migrations)
                    .metrics(metrics)
                    .build();
            migrator.migrate();

            redis = settings.redis()
                    .map(uri -> started(
                            Redis.builder(uri).name("shared").metrics(metrics).build()));
            Cache<Features, Prediction> cache = started(cache());
            RateLimiter limiter = started(limiter());

            backups = Backups.builder(
                            storage.backupSource(new MigrationReplay(migrations)),
                            BackupStore.directory(settings.backups()))
                    .retention(Retention.builder().last(3).daily(7).weekly(4).build())
                    .metrics(metrics)
                    .build();
            BackupSchedule nightly = started(backups.daily(LocalTime.of(3, 0), ZoneOffset.UTC)
                    .verifyByRestore()
                    .start());
            LOG.info("backups every night: {}", nightly);

            started(ServiceMetrics.register(metrics, storage, settings.backups(), cache));
            Ids ids = new Ids(Clock.systemUTC());
            AuditLog audit = new AuditLog(ids);
            new UserRoutes(new Users(storage.reads(), storage.writes(), audit, ids))
                    .addTo(http, new Guard(limiter, PER_IP, settings.trustedProxies()));
            new PredictionRoutes(new Predictor(storage.writes(), cache, audit, ids), cache)
                    .addTo(http, new Guard(limiter, PER_IP, settings.trustedProxies()));
            new OperationsRoutes(this).addTo(http);
            http.start();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts the service: connects, migrates, listens.
     *
     * @throws SettingsException if a setting is wrong, or names something that is not there
     */
    public static PredictionService start(Settings settings) {
        return new PredictionService(settings);
    }

    /** Returns the port that it listens on. */
    public int port() {
        return http.port();
    }

    /** Returns the migrations, for operations beyond those at the start. */
    public Migrator migrator() {
        return migrator;
    }

    /** Returns the backups, for operations beyond the nightly one. */
    public Backups backups() {
        return backups;
    }

    /** Returns how each part is, by name. */
    Map<String, Health> health() {
        Map<String, Health> parts = new LinkedHashMap<>();
        parts.put("database", storage.health());
        redis.ifPresent(shared -> parts.put("redis", shared.health()));
        parts.put("backups", backups.health());
        return parts;
    }

    PrometheusSink metrics() {
        return metrics;
    }

    /** Stops listening, lets requests finish, closes everything. Idempotent. */
    @Override
    public void close() {
        while (!started.isEmpty()) {
            AutoCloseable part = started.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not close", part.getClass().getSimpleName(), e);
            }
        }
    }

    private Cache<Features, Prediction> cache() {
        if (redis.isEmpty()) {
            return Cache.<Features, Prediction>local("predictions")
                    .expireAfterWrite(CACHED_FOR)
                    .metrics(metrics)
                    .build();
        }
        Codec<Prediction> codec = Codec.of(Json::bytes, json -> Json.read(json, Prediction.class));
        return Cache.builder("predictions", redis.get(), KeyCodec.<Features>of(Features::toString), codec)
                .expireAfterWrite(CACHED_FOR)
                .metrics(metrics)
                .build();
    }

    private RateLimiter limiter() {
        return redis.isPresent()
                ? RateLimiter.redis(redis.get()).metrics(metrics).build()
                : RateLimiter.inMemory().metrics(metrics).build();
    }

    private <T extends AutoCloseable> T started(T part) {
        started.push(part);
        return part;
    }
}
