package dev.wellhead.examples.gameday;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;

/**
 * The servers, the replicas on them, and a disk for their backups, below a folder of their own that goes with them. What starts
 * and ends is for one thread; the rest is thread-safe.
 */
final class Fleet implements AutoCloseable {
    static final int REPLICAS = 3;
    static final int POOL_SIZE = 6;

    private static final Duration START_PATIENCE = Duration.ofSeconds(90);
    private static final int MOST_STARTS = 3;
    private static final String DATABASE = "predictions";
    private static final int USERS = 20;

    private final Timing timing;
    private final Path folder;
    private final PostgresServer postgres;
    private final RedisServer redis;
    private final Optional<SmallDisk> disk;
    private final Path moreMigrations;
    private final AtomicReferenceArray<Replica> replicas = new AtomicReferenceArray<>(REPLICAS);
    // Of replicas that have gone, too.
    private final List<Path> logs = new CopyOnWriteArrayList<>();

    private Fleet(Timing timing, Path folder, PostgresServer postgres, RedisServer redis) {
        this.timing = timing;
        this.folder = folder;
        this.postgres = postgres;
        this.redis = redis;
        this.moreMigrations = folder.resolve("migrations");
        this.disk = SmallDisk.mount(folder.resolve("disk"), "24m");
    }

    /** Starts servers and replicas; returns when all replicas are ready. */
    static Fleet start(Timing timing) {
        Path folder = newFolder(timing);
        PostgresServer postgres = PostgresServer.builder().start();
        RedisServer redis;
        try {
            redis = RedisServer.builder().start();
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
        Fleet fleet = new Fleet(timing, folder, postgres, redis);
        try {
            postgres.administrate("create database " + DATABASE);
            fleet.startReplicas();
            return fleet;
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    private void startReplicas() {
        for (int i = 0; i < REPLICAS; i++) {
            launch(i, false);
        }
        for (int i = 0; i < REPLICAS; i++) {
            awaitReady(i, false);
        }
    }

    /**
     * Waits until a replica is ready. One that cannot reach the database in time ends, and is started anew, as whatever runs a
     * service does.
     *
     * @throws IllegalStateException if it does not come; the message holds the end of its log
     */
    void awaitReady(int number, boolean newVersion) {
        for (int attempt = 1; !replica(number).awaitReady(START_PATIENCE); attempt++) {
            if (attempt == MOST_STARTS) {
                throw new IllegalStateException("replica " + (number + 1) + " does not start: "
                        + withoutPlaces(replica(number).lastLines()));
            }
            replica(number).kill();
            launch(number, newVersion);
        }
    }

    /**
     * Starts a replica in the place of the one that was there.
     *
     * @param newVersion whether it brings the migration that the others do not have
     */
    Replica launch(int number, boolean newVersion) {
        Map<String, String> environment = environment();
        if (newVersion) {
            environment.put("MIGRATIONS_DIR", moreMigrations.toString());
        }
        Path log = folder.resolve("logs").resolve("replica-" + (number + 1) + "-" + logs.size() + ".log");
        logs.add(log);
        Replica replica = Replica.start(
                "replica " + (number + 1), disk.map(SmallDisk::launcher).orElse(List.of()), environment, log);
        replicas.set(number, replica);
        return replica;
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put(
                "DATABASE_URL",
                "postgresql://" + postgres.user() + ":" + postgres.password() + "@127.0.0.1:" + postgres.port() + "/"
                        + DATABASE);
        environment.put("REDIS_URL", redis.uri());
        environment.put("PORT", "0");
        environment.put("BACKUP_DIR", folder.resolve("disk").resolve("backups").toString());
        // The balancer, which tells for whom it asks.
        environment.put("TRUSTED_PROXIES", "127.0.0.1");
        environment.put("POOL_SIZE", String.valueOf(POOL_SIZE));
        environment.put("LEAK_THRESHOLD", timing.leakThreshold().toMillis() + "ms");
        environment.put("RECLAIM_AFTER", timing.reclaimAfter().toMillis() + "ms");
        environment.put("SLOW_QUERY_THRESHOLD", "500ms");
        environment.put("SHUTDOWN_DELAY", timing.shutdownDelay().toMillis() + "ms");
        environment.put("GAME_DAY", "1");
        return environment;
    }

    private static String migration(Timing timing) throws IOException {
        try (var in = Fleet.class.getResourceAsStream("/gameday/006_add_model.sql")) {
            if (in == null) {
                throw new IOException("the migration of the game day is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace(
                            "BACKFILL_SECONDS", String.valueOf(timing.backfill().toMillis() / 1000.0));
        }
    }

    PostgresServer postgres() {
        return postgres;
    }

    RedisServer redis() {
        return redis;
    }

    /** Returns the disk of the backups, if it is one that can be filled. */
    Optional<SmallDisk> disk() {
        return disk;
    }

    Replica replica(int number) {
        return replicas.get(number);
    }

    /** Returns where a replica listens now. */
    OptionalInt port(int number) {
        Replica replica = replicas.get(number);
        return replica == null || !replica.isAlive() ? OptionalInt.empty() : replica.port();
    }

    /** Returns the migrations as a replica of the new version sees them. */
    Migrator migrator() {
        return Migrator.builder(database())
                .source(MigrationSource.classpath("migrations").and(MigrationSource.directory(moreMigrations)))
                .build();
    }

    /** Returns the first column of the first row as text, empty if there is none. */
    String query(String sql) {
        try (Connection connection = database().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private DirectDataSource database() {
        return DirectDataSource.of(postgres.url(DATABASE), postgres.user(), postgres.password());
    }

    /** Creates users to be asked for, and returns their ids. */
    List<String> createUsers() {
        List<String> ids = new ArrayList<>();
        int port = replica(0).port().orElseThrow();
        for (int i = 0; i < USERS; i++) {
            Http.Answer answer =
                    Http.post(port, "/users", "{\"email\":\"user-" + i + "@example.org\",\"name\":\"User " + i + "\"}");
            try {
                ids.add(new ObjectMapper().readTree(answer.body()).path("id").asText());
            } catch (IOException e) {
                throw new UncheckedIOException("no JSON: " + answer, e);
            }
        }
        return ids;
    }

    /** Returns what all replicas have logged since then, those that have gone included. */
    List<LogLine> logSince(Instant from) {
        return logs.stream()
                .flatMap(log -> LogLine.since(from, log).stream())
                .sorted(Comparator.comparing(LogLine::time))
                .toList();
    }

    /** Returns the sum of a metric over all replicas. */
    double sum(String metric, String label) {
        double sum = 0;
        for (int i = 0; i < REPLICAS; i++) {
            sum += replica(i).metrics().sum(metric, label);
        }
        return sum;
    }

    /** Takes the place where everything lies out of a text for others. */
    String withoutPlaces(String text) {
        return text.replace(folder.toAbsolutePath().toString(), "(folder)");
    }

    /** Stops everything and removes the data. */
    @Override
    public void close() {
        for (int i = 0; i < REPLICAS; i++) {
            Replica replica = replicas.get(i);
            if (replica != null) {
                replica.kill();
            }
        }
        disk.ifPresent(SmallDisk::close);
        redis.close();
        postgres.close();
        delete(folder);
    }

    private static Path newFolder(Timing timing) {
        Path root = Path.of(System.getProperty("wellhead.testkit.dir", System.getProperty("java.io.tmpdir")))
                .toAbsolutePath();
        try {
            Files.createDirectories(root);
            Path folder = Files.createTempDirectory(root, "game-day-");
            for (String part : List.of("disk", "logs", "migrations")) {
                Files.createDirectory(folder.resolve(part));
            }
            Files.writeString(folder.resolve("migrations").resolve("006_add_model.sql"), migration(timing));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write below " + root + " (" + e.getMessage() + ")", e);
        }
    }

    private static void delete(Path tree) {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + tree, e);
        }
    }
}
