package dev.wellhead.console;

import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.core.Coded;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import io.lettuce.core.RedisURI;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A program whose passwords are all wrong, and which prints everything that it says of itself. */
final class FailingHost {
    static final String CANARY = "canary-b5f1";
    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private FailingHost() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.log.dev.wellhead", "trace");
        String url = arguments[0];
        String user = arguments[1];
        int redisPort = Integer.parseInt(arguments[2]);
        Path folder = Files.createTempDirectory("failing-host");
        // A file where the folder of the store should be.
        Path noFolder = Files.writeString(folder.resolve("store"), "x");
        DirectDataSource direct = DirectDataSource.of(url, user, CANARY + "-db");
        ConsoleMetrics metrics = ConsoleMetrics.create();
        RedisURI uri = RedisURI.create("redis://:" + CANARY + "-redis@127.0.0.1:" + redisPort);
        try (ConnectionPool pool = ConnectionPool.builder(direct)
                        .name("failing")
                        .acquireTimeout(Duration.ofMillis(500))
                        .metrics(metrics)
                        .build();
                Redis redis = Redis.builder(uri).metrics(metrics).build();
                Cache<Long, String> cache = Cache.builder("names", redis, KeyCodec.ofLong(), Codec.string())
                        .expireAfterWrite(Duration.ofMinutes(1))
                        .build();
                RateLimiter limiter = WatchedLimiter.of(RateLimiter.redis(redis).build());
                Console console = console(pool, redis, cache, limiter, direct, noFolder, metrics)
                        .build();
                Console locked = console(pool, redis, cache, limiter, direct, noFolder, metrics)
                        .token(CANARY + "-token-0123456789")
                        .build()) {
            fails(pool::getConnection);
            fails(() -> cache.get(1L, key -> pool.getConnection().toString()));
            fails(() -> redis.call(commands -> commands.ping()));
            limiter.tryAcquire(Limit.tokenBucket("ip", 1, Duration.ofHours(1)), CANARY + "-key");
            limiter.tryAcquire(Limit.tokenBucket("ip", 1, Duration.ofHours(1)), CANARY + "-key");
            limiter.tryAcquire(Limit.tokenBucket("ip", 1, Duration.ofHours(1)), CANARY + "-key");
            URI place = console.start(0);
            fetchAll(place, null);
            URI lockedPlace = locked.start(0);
            fetchAll(lockedPlace, null);
            fetchAll(lockedPlace, CANARY + "-wrong-token");
            fetchAll(lockedPlace, CANARY + "-token-0123456789");
            OUT.println(pool + " " + redis + " " + console + " " + locked + " " + metrics + " " + limiter);
        }
        OUT.println("all fetched");
    }

    private static Console.Builder console(
            ConnectionPool pool,
            Redis redis,
            Cache<?, ?> cache,
            RateLimiter limiter,
            DirectDataSource direct,
            Path store,
            ConsoleMetrics metrics) {
        Migrator migrator = Migrator.builder(direct)
                .source(MigrationSource.of(Map.of("001_a.sql", "create table a (b int)")))
                .build();
        Backups backups = Backups.builder(Database.postgres(direct), BackupStore.directory(store))
                .build();
        return Console.builder()
                .metrics(metrics)
                .pool(pool)
                .redis("redis", redis)
                .cache("names", cache)
                .limiter("api", limiter)
                .limiter("broken", new BrokenParts.Limiter())
                .migrations("main", migrator)
                .backups("nightly", backups)
                .backups("broken", new BrokenParts.Store());
    }

    private static void fetchAll(URI place, String token) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        String state = "";
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        // Until what is read in the background has failed, too.
        while (System.nanoTime() - deadline < 0) {
            state = fetch(http, place, "api/state", token);
            if (!state.contains("\"state\":\"reading\"")) {
                break;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        OUT.println(state);
        for (String path : List.of(
                "",
                "console.js",
                "console.css",
                "icon.svg",
                "nothing",
                "api/nothing",
                "api/plan?pool=failing&query=x",
                "%2e%2e/x")) {
            OUT.println(fetch(http, place, path, token));
        }
    }

    private static String fetch(HttpClient http, URI place, String path, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(place + path));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.headers().map() + " " + answer.body();
    }

    private static void fails(Callable<?> call) {
        try {
            OUT.println("went well: " + call.call());
        } catch (Exception e) {
            OUT.println(e instanceof Coded coded ? coded.code() : "no code");
            e.printStackTrace(OUT);
        }
    }
}
