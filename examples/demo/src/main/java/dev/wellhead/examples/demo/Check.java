package dev.wellhead.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.wellhead.backup.RestoreTarget;
import dev.wellhead.console.Console;
import dev.wellhead.examples.demo.Client.Answer;
import dev.wellhead.examples.prediction.DatabaseUrl;
import dev.wellhead.examples.prediction.Messages;
import dev.wellhead.examples.prediction.PredictionService;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Drives the service as its users and operators would, one line for each thing proved. */
final class Check {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    // Servers of the user's own may remember an earlier run: each run has flowers, users and clients of its own.
    private final int run = ThreadLocalRandom.current().nextInt(1, 0x10000);
    private final String flower = flower(6.1, 2.8, 4.7, 1.2);
    private final String otherFlower = flower(5.0, 3.4, 1.5, 0.2);

    private final Stage stage;
    private final PredictionService service;
    private final PrintStream out;
    private final Client ann;
    private final DirectDataSource database;
    private int failed;

    Check(Stage stage, PredictionService service, PrintStream out) {
        this.stage = stage;
        this.service = service;
        this.out = out;
        ann = client(1);
        DatabaseUrl url = stage.settings().database();
        database = url.isSqlite()
                ? DirectDataSource.of(url.jdbcUrl())
                : DirectDataSource.of(url.jdbcUrl(), url.user(), url.password());
    }

    /** What a step does; it throws if what it proves is not so. */
    @FunctionalInterface
    private interface Proof {
        void prove() throws Exception;
    }

    /** Returns whether every step passed. */
    boolean run() {
        Metrics before = metrics();
        step("the service is up and says so", () -> awaitHealth("up", "degraded"));
        step("a user is created, read, listed, renamed and deleted", this::users);
        step("mistakes of a client are told to it", this::mistakes);
        step("a prediction is computed in SQL and recorded with its audit entry", this::predict);
        step("the same prediction again comes from the cache and writes nothing", this::predictAgain);
        step("the 101st request of a client within a minute is denied", this::limit);
        stage.ownRedis().ifPresent(redis -> {
            step("with Redis killed it still answers, and says it is degraded", () -> withoutRedis(redis));
            step("with Redis back it recovers by itself", () -> redisBack(redis));
        });
        step("a backup is made, restored to a scratch database and found equal", this::backup);
        step("a backup restored into a new database has the same rows, by their hashes", this::restore);
        step("the last migration is rolled back and applied again", this::rollback);
        step("the console shows every part, with live data", this::console);
        step("every metric has moved", () -> moved(before, metrics()));
        out.println(failed == 0 ? "all passed" : failed + " failed");
        return failed == 0;
    }

    private void step(String what, Proof proof) {
        long from = System.nanoTime();
        String outcome = "ok  ";
        String why = "";
        try {
            proof.prove();
        } catch (Exception e) {
            failed++;
            outcome = "FAIL";
            why = ": " + Messages.firstLine(e);
        }
        out.printf(Locale.ROOT, "%s  %s (%.1f s)%s%n", outcome, what, (System.nanoTime() - from) / 1e9, why);
    }

    private void users() {
        Answer created = ann.post("/users", user("check", "Check"));
        expect(201, created);
        String path = "/users/" + created.json().path("id").asText();
        expectEqual(created.header("Location"), path, "the address of the new user");
        expectEqual(ann.get(path).json().path("name").asText(), "Check", "the name read back");
        expect(409, ann.post("/users", user("check", "Again")));
        expect(201, ann.post("/users", user("second", "Second")));
        // A part of an id sorts just before the whole: the page of our first user, wherever the list begins.
        String id = created.json().path("id").asText();
        JsonNode first = ann.get("/users?limit=1&after=" + id.substring(0, id.length() - 1))
                .json();
        JsonNode second = ann.get(first.path("next").asText()).json();
        expectEqual(second.path("users").path(0).path("name").asText(), "Second", "the user on the second page");
        expect(204, ann.put(path, "{\"name\":\"Renamed\"}"));
        expectEqual(ann.get(path).json().path("name").asText(), "Renamed", "the name after renaming");
        expect(204, ann.delete(path));
        expect(404, ann.get(path));
    }

    private void mistakes() {
        expect(400, ann.post("/predict", "{\"sepalLength\":\"wide\"}"));
        expect(400, ann.post("/predict", "no json"));
        expect(404, ann.get("/nothing"));
        expect(405, ann.delete("/predict"));
    }

    private void predict() throws SQLException {
        long predictions = count("predictions");
        long entries = count("audit_log");
        Answer answer = ann.post("/predict", flower);
        expect(200, answer);
        expectEqual(answer.json().path("prediction").path("species").asText(), "versicolor", "the species");
        expectEqual(answer.json().path("cached").asText(), "false", "whether it was cached");
        expectEqual(count("predictions") - predictions, 1L, "rows added to predictions");
        expectEqual(count("audit_log") - entries, 1L, "rows added to audit_log");
    }

    private void predictAgain() throws SQLException {
        long predictions = count("predictions");
        Answer answer = ann.post("/predict", flower);
        expect(200, answer);
        expectEqual(answer.json().path("cached").asText(), "true", "whether it was cached");
        expectEqual(count("predictions"), predictions, "rows in predictions");
    }

    private void limit() {
        Client greedy = client(2);
        long from = System.nanoTime();
        int admitted = 0;
        Answer answer = greedy.get("/users?limit=1");
        while (answer.status() == 200) {
            admitted++;
            // What the limit allows: 100 at once, and 100 a minute for the time since.
            double allowed = 100 + (System.nanoTime() - from) / 60e9 * 100;
            expect(
                    admitted <= Math.ceil(allowed),
                    "request " + admitted + " was admitted, " + allowed + " are allowed");
            answer = greedy.get("/users?limit=1");
        }
        expect(429, answer);
        expect(admitted >= 100, "denied after " + admitted + " requests, 100 are allowed");
        expect(Integer.parseInt(answer.header("Retry-After")) >= 1, "Retry-After was " + answer.header("Retry-After"));
        expect(answer.header("RateLimit").contains("r=0"), "RateLimit was " + answer.header("RateLimit"));
        expect(200, client(3).get("/users?limit=1"));
    }

    private void withoutRedis(RedisServer redis) {
        redis.kill();
        expect(200, ann.post("/predict", otherFlower));
        for (int request = 0; request < 10; request++) {
            expect(200, ann.post("/predict", flower));
        }
        awaitHealth("degraded");
    }

    private void redisBack(RedisServer redis) {
        redis.start();
        await(
                "redis to be up again",
                () -> ann.get("/health")
                        .json()
                        .path("parts")
                        .path("redis")
                        .path("status")
                        .asText()
                        .equals("up"));
        expect(200, ann.post("/predict", flower));
    }

    private void backup() {
        // The schedule may be at its own first backup: one at a time.
        Answer[] answer = new Answer[1];
        await("a backup", () -> {
            answer[0] = ann.post("/backups", null);
            return answer[0].status() != 503;
        });
        Answer created = answer[0];
        expect(201, created);
        Answer verified = ann.post("/backups/" + created.json().path("id").asText(), null);
        expect(200, verified);
        expectEqual(verified.json().path("verified").asText(), "true", "verified");
        expectEqual(newestBackup().path("state").asText(), "VERIFIED", "the state in the list");
    }

    private void restore() throws SQLException {
        String id = newestBackup().path("id").asText();
        Map<String, String> original = RowHashes.of(database);
        expect(original.containsKey("flowers"), "no table flowers among " + original.keySet());
        if (stage.settings().database().isSqlite()) {
            Path file = stage.folder().resolve("restored.db");
            service.backups().restore(id, RestoreTarget.file(file));
            expectEqual(RowHashes.of(DirectDataSource.of("jdbc:sqlite:" + file)), original, "the restored rows");
            return;
        }
        String name = "wellhead_demo_restored";
        service.backups().restore(id, RestoreTarget.newDatabase(name));
        try {
            expectEqual(RowHashes.of(database.onDatabase(name)), original, "the restored rows");
        } finally {
            execute("drop database " + name);
        }
    }

    private void rollback() throws SQLException {
        service.migrator().rollback(1);
        expect(!RowHashes.of(database).containsKey("audit_log"), "audit_log is still there after the rollback");
        service.migrator().migrate();
        expectEqual(count("audit_log"), 0L, "rows in the audit_log made anew");
        expect(200, ann.post("/predict", flower(6, 3, 5, 2)));
        expectEqual(count("audit_log"), 1L, "rows in audit_log after the next prediction");
    }

    private void console() throws IOException {
        try (Console console = service.console().build()) {
            Client browser = Client.direct(console.start(0));
            expect(200, browser.get("/"));
            JsonNode[] cards = new JsonNode[1];
            await("the console's answers from database and store", () -> {
                cards[0] = browser.get("/api/state").json().path("cards");
                return !cards[0].findValuesAsText("state").contains("reading");
            });
            boolean withRedis = stage.ownRedis().isPresent();
            expect(now(cards[0], "pool").path("acquired").asLong() > 0, "no connection was lent: " + cards[0]);
            expect(now(cards[0], "cache").path("nearHits").asLong() > 0, "no near hit: " + cards[0]);
            expect(now(cards[0], "limiter").path("deniedKeys").size() > 0, "nobody was denied: " + cards[0]);
            expect(!withRedis || now(cards[0], "redis").path("connected").asBoolean(), "no Redis: " + cards[0]);
            expectEqual(
                    now(cards[0], "migrations")
                            .path("value")
                            .path("rows")
                            .path(0)
                            .path("state")
                            .asText(),
                    "APPLIED",
                    "the state of the first migration");
            expect(
                    now(cards[0], "backups")
                            .path("value")
                            .path("lastVerifiedAgoMs")
                            .isNumber(),
                    "no verified backup: " + cards[0]);
        }
    }

    private static JsonNode now(JsonNode cards, String kind) {
        for (JsonNode card : cards) {
            if (card.path("kind").asText().equals(kind)) {
                return card.path("now");
            }
        }
        return MissingNode.getInstance();
    }

    private void moved(Metrics before, Metrics after) {
        grew(before, after, "wellhead_pool_statement_seconds_count", "");
        grew(before, after, "wellhead_ratelimit_decisions_total", "allowed");
        grew(before, after, "wellhead_ratelimit_decisions_total", "denied");
        grew(before, after, "wellhead_backup_made_total", "");
        grew(before, after, "service_http_seconds_count", "POST /predict");
        positive(after, "wellhead_pool_max", "");
        positive(after, "service_cache_hit_ratio", "near");
        if (stage.ownRedis().isPresent()) {
            expect(!Double.isNaN(after.sum("service_cache_hit_ratio", "far")), "no hit ratio of the far tier");
            grew(before, after, "wellhead_redis_calls_total", "");
        }
        positive(after, "service_database_size_bytes", "");
        positive(after, "service_disk_free_bytes", "");
        expect(after.sum("wellhead_backup_last_verified_age_seconds", "") >= 0, "no age of the last verified backup");
    }

    private Client client(int number) {
        return new Client(service.port(), String.format(Locale.ROOT, "2001:db8:%x:%d::1", run, number));
    }

    private String user(String email, String name) {
        return String.format(Locale.ROOT, "{\"email\":\"%s-%d@example.org\",\"name\":\"%s\"}", email, run, name);
    }

    /** The measures with a hair added that makes them this run's own. */
    private String flower(double sepalLength, double sepalWidth, double petalLength, double petalWidth) {
        return String.format(
                Locale.ROOT,
                "{\"sepalLength\":%.8f,\"sepalWidth\":%s,\"petalLength\":%s,\"petalWidth\":%s}",
                sepalLength + run * 1e-7,
                sepalWidth,
                petalLength,
                petalWidth);
    }

    private static void grew(Metrics before, Metrics after, String name, String label) {
        double from = before.sum(name, label);
        double to = after.sum(name, label);
        expect(to > (Double.isNaN(from) ? 0 : from), name + " " + label + " did not grow: " + from + ", then " + to);
    }

    private static void positive(Metrics metrics, String name, String label) {
        expect(metrics.sum(name, label) > 0, name + " " + label + " was " + metrics.sum(name, label));
    }

    private Metrics metrics() {
        return Metrics.parse(ann.get("/metrics").text());
    }

    private JsonNode newestBackup() {
        JsonNode backups = ann.get("/backups").json().path("backups");
        JsonNode newest = backups.path(0);
        for (JsonNode backup : backups) {
            newest = backup.path("id").asText().compareTo(newest.path("id").asText()) > 0 ? backup : newest;
        }
        return newest;
    }

    private void awaitHealth(String... statuses) {
        await("health " + String.join(" or ", statuses), () -> {
            String status = ann.get("/health").json().path("status").asText();
            return List.of(statuses).contains(status);
        });
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            expect(System.nanoTime() - deadline < 0, "waited " + PATIENCE.toSeconds() + " s in vain for " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private long count(String table) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from " + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void expect(int status, Answer answer) {
        expect(answer.status() == status, "expected " + status + ", got " + answer);
    }

    private static void expectEqual(Object actual, Object expected, String what) {
        expect(Objects.equals(actual, expected), what + ": expected " + expected + ", got " + actual);
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
