package dev.wellhead.examples.prediction;

import dev.wellhead.backup.BackupSchedule;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Retention;
import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.cache.StampedeProtection;
import dev.wellhead.console.Console;
import dev.wellhead.console.ConsoleMetrics;
import dev.wellhead.console.WatchedLimiter;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
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

    private final Settings settings;
    private final PrometheusSink metrics = new PrometheusSink();
    private final ConsoleMetrics times = ConsoleMetrics.before(metrics);
    private final HealthReport health = new HealthReport();
    private final AtomicBoolean closed = new AtomicBoolean();
    // What was started, to be closed in the opposite order, and behind the HTTP server, whose requests use it.
    private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();
    private final HttpApi http;
    private final Optional<Redis> redis;
    private final Storage storage;
    private final Cache<Features, Prediction> cache;
    private final RateLimiter limiter;
    private final Migrator migrator;
    private final Backups backups;

    private PredictionService(Settings settings) {
        this.settings = settings;
        // First, so that a taken port is told before anything is changed.
        http = new HttpApi(
                settings.host(), settings.port(), metrics, settings.shutdown().drain());
        try {
            // It says that it lives while it migrates, however long that takes, and takes no requests yet.
            new HealthRoutes(health).addTo(http);
            http.route("GET", "/metrics", request -> Response.text(200, metrics.text()));
            started(ServiceMetrics.register(metrics, http, health));
            http.startIncomplete();
            LOG.info("prediction-service listens on http://{}:{}", settings.host(), http.port());

            storage = started(Storage.open(settings.database(), settings.pool(), times));
            health.required("database", storage::health);
            migrator = Migrator.builder(storage.direct())
                    .source(migrations())
                    .metrics(metrics)
                    .build();
            migrator.migrate();

            redis = settings.redis()
                    .map(uri -> started(
                            Redis.builder(uri).name("shared").metrics(times).build()));
            redis.ifPresent(shared -> health.optional("redis", shared::health));
            cache = started(newCache());
            limiter = started(WatchedLimiter.of(newLimiter()));

            backups = newBackups();
            health.aside("backups", backups::health);
            // Nights add up, also when nobody looks: what the retention does not keep is deleted behind each. A
            // restore takes as much of the server as making the whole database anew, so it is proved once a week.
            BackupSchedule nightly = started(backups.daily(LocalTime.of(3, 0), ZoneOffset.UTC)
                    .verifyByRestore(Duration.ofDays(7))
                    .pruneAfterwards()
                    .start());
            LOG.info("backups every night, the next one at {}", nightly.nextRun());

            started(ServiceMetrics.register(metrics, storage, settings.backups(), cache));
            addRoutes();
            http.complete();
            health.enter(HealthReport.Phase.SERVING);
        } catch (RuntimeException e) {
            close(Duration.ZERO);
            throw e;
        }
    }

    /**
     * Starts the service: listens, connects, migrates, and is ready.
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

    /** Returns a console that shows every part of this service, to be built by whoever wants to look; close it before this. */
    public Console.Builder console() {
        Console.Builder console = Console.builder().title("prediction-service").metrics(times);
        storage.pools().values().forEach(console::pool);
        redis.ifPresent(shared -> console.redis("shared", shared));
        return console.cache("predictions", cache)
                .limiter("requests", limiter)
                .migrations("service", migrator)
                .backups("nightly", backups);
    }

    /** Returns the pooled connections of the requests, for code beside them in the same process. */
    public DataSource connections() {
        return storage.writes();
    }

    /**
     * Says that it is not ready any more, goes on for the delay of the settings, stops listening, lets requests finish, and
     * closes everything else behind them. Idempotent.
     */
    @Override
    public void close() {
        close(settings.shutdown().delay());
    }

    private void close(Duration delay) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        health.enter(HealthReport.Phase.STOPPING);
        long until = System.nanoTime() + delay.toNanos();
        while (System.nanoTime() - until < 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
        close(http);
        while (!started.isEmpty()) {
            close(started.pop());
        }
        LOG.info("stopped");
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            LOG.warn("{} did not close", part.getClass().getSimpleName(), e);
        }
    }

    private MigrationSource migrations() {
        MigrationSource own = MigrationSource.classpath("migrations");
        return settings.moreMigrations()
                .map(folder -> own.and(MigrationSource.directory(folder)))
                .orElse(own);
    }

    private Cache<Features, Prediction> newCache() {
        // One load for each key in all replicas, begun by one of its readers before the value expires.
        StampedeProtection lease = StampedeProtection.lease();
        StampedeProtection early = StampedeProtection.earlyExpiry(1);
        if (redis.isEmpty()) {
            return Cache.<Features, Prediction>local("predictions")
                    .expireAfterWrite(CACHED_FOR)
                    .stampedeProtection(lease, early)
                    .metrics(metrics)
                    .build();
        }
        Codec<Prediction> codec = Codec.of(Json::bytes, json -> Json.read(json, Prediction.class));
        return Cache.builder("predictions", redis.get(), KeyCodec.<Features>of(Features::toString), codec)
                .expireAfterWrite(CACHED_FOR)
                .stampedeProtection(lease, early)
                .metrics(metrics)
                .build();
    }

    private RateLimiter newLimiter() {
        return redis.isPresent()
                ? RateLimiter.redis(redis.get()).metrics(metrics).build()
                : RateLimiter.inMemory().metrics(metrics).build();
    }

    private Backups newBackups() {
        return Backups.builder(storage.backupSource(migrator.replay()), BackupStore.directory(settings.backups()))
                .retention(Retention.builder().last(3).daily(7).weekly(4).build())
                .metrics(metrics)
                .build();
    }

    private void addRoutes() {
        Ids ids = new Ids(Clock.systemUTC());
        AuditLog audit = new AuditLog(ids);
        Guard guard = new Guard(limiter, settings.trustedProxies());
        new UserRoutes(new Users(storage.reads(), storage.writes(), audit, ids)).addTo(http, guard);
        new PredictionRoutes(new Predictor(storage.writes(), cache, audit, ids), cache).addTo(http, guard);
        new BackupRoutes(backups).addTo(http);
        new PoolRoutes(storage.pools()).addTo(http);
    }

    private <T extends AutoCloseable> T started(T part) {
        started.push(part);
        return part;
    }
}
