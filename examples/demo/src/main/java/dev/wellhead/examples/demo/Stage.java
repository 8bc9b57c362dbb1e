package dev.wellhead.examples.demo;

import dev.wellhead.examples.prediction.DatabaseUrl;
import dev.wellhead.examples.prediction.PredictionService;
import dev.wellhead.examples.prediction.Settings;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The servers that the service stands on: ours from the embedded binaries, or the user's own. */
final class Stage implements AutoCloseable {
    private final long begun = System.nanoTime();
    private final PrintStream out;
    private final Path folder;
    private final @Nullable PostgresServer postgres;
    private final @Nullable RedisServer redis;
    private final Settings settings;

    private Stage(Map<String, String> environment, boolean sqlite, boolean check, PrintStream out) {
        this.out = out;
        Map<String, String> service = new HashMap<>(environment);
        boolean ownDatabase = !environment.getOrDefault("DATABASE_URL", "").isBlank();
        boolean ownRedis = !environment.getOrDefault("REDIS_URL", "").isBlank();
        if (ownDatabase) {
            // Before anything is started: a malformed address should not cost a wait.
            DatabaseUrl.parse(environment.getOrDefault("DATABASE_URL", ""));
        }
        folder = newFolder();
        postgres = sqlite || ownDatabase
                ? null
                : timed("PostgreSQL", () -> PostgresServer.builder().start());
        redis = sqlite || ownRedis
                ? null
                : timed("Redis", () -> RedisServer.builder().start());
        if (sqlite) {
            service.put("DATABASE_URL", "jdbc:sqlite:" + folder.resolve("demo.db"));
            service.remove("REDIS_URL");
        }
        if (postgres != null) {
            postgres.administrate("create database predictions");
            service.put(
                    "DATABASE_URL",
                    "postgresql://" + postgres.user() + ":" + postgres.password() + "@127.0.0.1:" + postgres.port()
                            + "/predictions");
        }
        if (redis != null) {
            service.put("REDIS_URL", redis.uri());
        }
        if (check) {
            service.put("PORT", environment.getOrDefault("PORT", "0"));
            // The script plays several clients, all on this machine.
            service.put("TRUSTED_PROXIES", "127.0.0.1");
        }
        service.putIfAbsent("BACKUP_DIR", folder.resolve("backups").toString());
        settings = Settings.from(service);
    }

    static Stage open(Map<String, String> environment, boolean sqlite, boolean check, PrintStream out) {
        return new Stage(environment, sqlite, check, out);
    }

    PredictionService startService() {
        return timed("prediction-service", () -> PredictionService.start(settings));
    }

    Settings settings() {
        return settings;
    }

    /** Returns the Redis that may be killed, if it is ours. */
    Optional<RedisServer> ownRedis() {
        return Optional.ofNullable(redis);
    }

    Path folder() {
        return folder;
    }

    void welcome(int port, URI console) {
        String url = "http://127.0.0.1:" + port;
        out.println();
        out.println("  " + console + "          the console: open it in a browser");
        out.println("  " + url + "/health     how it is");
        out.println("  " + url + "/metrics    Prometheus text");
        out.println();
        out.println("Try it in another terminal:");
        for (String line : List.of(
                "curl -s " + url
                        + "/predict -d '{\"sepalLength\":6.1,\"sepalWidth\":2.8,\"petalLength\":4.7,\"petalWidth\":1.2}'",
                "curl -s " + url + "/users -d '{\"email\":\"ann@example.org\",\"name\":\"Ann\"}'",
                "curl -s '" + url + "/users?limit=10'",
                "curl -s -X POST " + url
                        + "/backups          # back up now; then, with its id, prove that it restores:",
                "curl -s -X POST " + url + "/backups/ID")) {
            out.println("  " + line);
        }
        out.println();
        out.printf(Locale.ROOT, "ready in %.1f s; Ctrl-C stops everything%n", seconds(begun));
    }

    /** Stops the servers and removes their data. */
    @Override
    public void close() {
        if (redis != null) {
            redis.close();
        }
        if (postgres != null) {
            postgres.close();
        }
        delete(folder);
    }

    private <T> T timed(String what, Supplier<T> start) {
        long from = System.nanoTime();
        out.printf(Locale.ROOT, "starting %-20s", what);
        out.flush();
        try {
            T started = start.get();
            out.printf(Locale.ROOT, "%.1f s%n", seconds(from));
            return started;
        } catch (RuntimeException e) {
            out.println("failed");
            if (!what.equals("prediction-service")) {
                close();
            }
            throw e;
        }
    }

    private static double seconds(long from) {
        return (System.nanoTime() - from) / 1e9;
    }

    private static Path newFolder() {
        Path root = Path.of(System.getProperty("wellhead.testkit.dir", System.getProperty("java.io.tmpdir")));
        try {
            Files.createDirectories(root);
            return Files.createTempDirectory(root, "demo-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write below " + root + " (" + e.getMessage() + ")", e);
        }
    }

    private static void delete(Path tree) {
        try (Stream<Path> files = Files.walk(tree, new FileVisitOption[0])) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + tree, e);
        }
    }
}
