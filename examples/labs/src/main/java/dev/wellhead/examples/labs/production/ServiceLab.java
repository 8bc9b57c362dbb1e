package dev.wellhead.examples.labs.production;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Level;
import dev.wellhead.examples.labs.Scene;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.examples.labs.TemporaryFolder;
import dev.wellhead.examples.labs.production.Web.Answer;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The prediction service with the settings of one replica, run as three: through a day with a release in it. */
public final class ServiceLab implements Lab {
    private static final String SETTINGS = "service.env";
    private static final String MIGRATION = "006_add_model.sql";
    private static final int MOST_CONNECTIONS = 30;
    // What a backup opens beside the pools.
    private static final int SPARE = 4;
    private static final int AT_ONCE = 12;
    private static final int CALLS = 150;
    private static final int LIMIT = 100;
    private static final Duration BALANCER_LOOKS_EVERY = Duration.ofMillis(250);
    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(25);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration REDIS_PATIENCE = Duration.ofSeconds(30);

    // Addresses that are reserved for documentation: these clients are nobody's.
    private static final String USER = "192.0.2.10";
    private static final String EAGER = "198.51.100.7";
    private static final String FORGER = "203.0.113.9";
    private static final String OTHER = "192.0.2.77";

    private static final double FLOWER = 4.2;
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    @Override
    public String name() {
        return "service";
    }

    @Override
    public Level level() {
        return Level.PRODUCTION;
    }

    /** Everybody who takes part. */
    private record Cast(
            Scene scene, Fleet fleet, Web web, ServiceDatabase database, Connection operator, RedisServer redis) {}

    @Override
    public void play(Scene scene) throws Exception {
        EnvironmentFile environment = EnvironmentFile.read(scene.exercise(SETTINGS));
        Path migration = scene.exercise(MIGRATION);
        PostgresServer postgres =
                scene.ownPostgres(PostgresServer.builder().setting("max_connections", "" + MOST_CONNECTIONS));
        RedisServer redis = scene.ownRedis(RedisServer.builder());
        ServiceDatabase database = ServiceDatabase.create(postgres);
        Connection operator = scene.closing(database.connectAsOperator());
        Path home = scene.closing(TemporaryFolder.create()).path();
        Fleet fleet = scene.closing(new Fleet(environment, database.urlWithPassword(), redis.uri(), home));
        Cast cast = new Cast(scene, fleet, new Web(), database, operator, redis);

        start(cast, environment);
        flower(cast);
        busy(cast);
        Answer backup = backUp(cast);
        stop(cast);
        release(cast, migration, Files.createDirectory(home.resolve("release-2")));
        restore(cast, backup);
        withoutRedis(cast);
        limits(cast);
    }

    private static void start(Cast cast, EnvironmentFile environment)
            throws SQLException, IOException, ExerciseException, InterruptedException {
        Scene scene = cast.scene;
        scene.heading("three replicas start at the same moment, behind a balancer on 127.0.0.1, with");
        environment.settings().forEach((name, value) -> scene.say("   %s=%s", name, value));
        cast.fleet.start();
        scene.show(cast.operator, "select version, description, state from schema_migrations order by version");
        scene.fact(
                "one of the three has applied all migrations, each once, and the others waited for it",
                Sql.rows(
                                cast.operator,
                                "select count(*), count(distinct run_token) from schema_migrations where state = 'applied'")
                        .equals(List.of("5|1")));
    }

    private static void flower(Cast cast) throws SQLException {
        Scene scene = cast.scene;
        scene.heading(AT_ONCE + " users ask for the same flower at once, at all replicas");
        List<CompletableFuture<Answer>> begun = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            begun.add(cast.web.beginPredict(cast.fleet.port(1 + i % Fleet.SIZE), USER, FLOWER));
        }
        List<Answer> answers = Web.all(begun);
        long computed = Sql.number(cast.operator, "select count(*) from predictions");
        scene.say("   answers: %s; predictions computed: %d", Web.statuses(answers), computed);
        scene.goal(
                "what one replica has computed the others need not",
                answers.stream().allMatch(Answer::isGood) && computed == 1,
                "predictions of one flower: " + computed
                        + ". A cache in memory is one for each replica; what they are to share has to lie in Redis");
    }

    /** Holds up everybody who reads users, until all replicas have as many connections as they get. */
    private static void busy(Cast cast) throws SQLException, ExerciseException {
        Scene scene = cast.scene;
        scene.heading("all replicas are busy, " + AT_ONCE + " requests each; the server has max_connections = "
                + MOST_CONNECTIONS);
        int wanted = Fleet.SIZE * Math.min(AT_ONCE, cast.fleet.poolSize());
        List<CompletableFuture<Answer>> begun = new ArrayList<>();
        String refusal;
        try (Connection locker = cast.database.connectAsOperator()) {
            locker.setAutoCommit(false);
            Sql.run(locker, "lock table users in access exclusive mode");
            for (int i = 0; i < Fleet.SIZE * AT_ONCE; i++) {
                begun.add(cast.web.beginUsers(cast.fleet.port(1 + i % Fleet.SIZE), USER));
            }
            Await.until(
                    PATIENCE,
                    () -> waiting(cast.operator) >= wanted
                            || !cast.database.refusal(SPARE).isEmpty());
            scene.show(
                    cast.operator,
                    "select count(*) as sessions, count(*) filter (where wait_event_type = 'Lock') as waiting\n"
                            + "from pg_stat_activity where usename = 'service'");
            refusal = cast.database.refusal(SPARE);
            scene.say(
                    "   " + SPARE + " more, as a backup or a migration needs them: %s",
                    refusal.isEmpty() ? "fine" : refusal);
            locker.rollback();
        }
        scene.say("   behind it, answers to the users: %s", Web.statuses(Web.all(begun)));
        scene.goal(
                "while all replicas are busy, the server has connections left for backups, migrations and people",
                refusal.isEmpty(),
                Fleet.SIZE + " replicas with POOL_SIZE=" + cast.fleet.poolSize() + ", of " + MOST_CONNECTIONS
                        + " connections that the server has, 3 of them for superusers. A pool keeps what it has opened"
                        + " for ten minutes");
    }

    private static long waiting(Connection operator) throws SQLException {
        return Sql.number(
                operator,
                "select count(*) from pg_stat_activity where usename = 'service' and wait_event_type = 'Lock'");
    }

    private static Answer backUp(Cast cast) throws InterruptedException {
        cast.scene.heading("replica 1 makes a backup");
        Answer made = cast.web.post(cast.fleet.port(1), "/backups");
        cast.scene.say("   POST /backups: %d %s", made.status(), made.body());
        return made;
    }

    /** Ends replica 1 as a release does, while the balancer goes on until it looks again. */
    private static void stop(Cast cast) throws ExerciseException, InterruptedException {
        Scene scene = cast.scene;
        scene.heading("a release: replica 1 is told to stop; the balancer asks each replica every "
                + BALANCER_LOOKS_EVERY.toMillis() + " ms whether it is ready");
        int port = cast.fleet.port(1);
        Attempt<Boolean> end = cast.fleet.end(1);
        Await.until(PATIENCE, () -> !isReady(cast.web, port));
        List<Answer> answers = new ArrayList<>();
        long look = System.nanoTime() + BALANCER_LOOKS_EVERY.toNanos();
        while (System.nanoTime() - look < 0) {
            answers.add(cast.web.users(port, USER));
            LockSupport.parkNanos(BETWEEN_REQUESTS.toNanos());
        }
        scene.say("   requests that it sends there until it has looked again: %s", Web.statuses(answers));
        Fleet.awaitEnd(end);
        scene.say("   replica 1 has ended, and its own folder is gone");
        scene.goal(
                "a replica that is told to stop answers until the balancer has seen that",
                answers.stream().allMatch(Answer::isGood),
                "answers: " + Web.statuses(answers)
                        + ". Who stops listening at once is still sent requests; SHUTDOWN_DELAY is how long it says 'not"
                        + " ready' and serves on");
    }

    private static boolean isReady(Web web, int port) throws InterruptedException {
        return web.get(port, "/health/ready").isGood();
    }

    private static void release(Cast cast, Path migration, Path release)
            throws SQLException, IOException, ExerciseException, InterruptedException {
        Scene scene = cast.scene;
        scene.heading("replica 1 starts as release 2, with your " + MIGRATION);
        List<String> before = Sql.rows(cast.operator, "select id from predictions");
        Files.copy(migration, release.resolve(MIGRATION));
        cast.fleet.replace(1, release);
        scene.show(
                cast.operator,
                "select column_name, is_nullable, column_default from information_schema.columns\n"
                        + "where table_name = 'predictions' and ordinal_position > 10");
        boolean has = Sql.number(
                        cast.operator,
                        "select count(*) from information_schema.columns"
                                + " where table_name = 'predictions' and column_name = 'model'")
                == 1;
        scene.goal(
                "each prediction of before says that 'nearest-5' made it",
                has
                        && Sql.rows(cast.operator, "select id from predictions where model = 'nearest-5'")
                                .containsAll(before),
                "the column is called model, and the model nearest-5");

        scene.heading("replicas 2 and 3 are still of release 1; each replica is asked for a new flower");
        List<CompletableFuture<Answer>> begun = new ArrayList<>();
        List<Integer> ports = cast.fleet.ports();
        for (int i = 0; i < ports.size(); i++) {
            begun.add(cast.web.beginPredict(ports.get(i), USER, 5 + i));
        }
        List<Answer> answers = Web.all(begun);
        for (int i = 0; i < answers.size(); i++) {
            scene.say(
                    "   replica %d: %d %s",
                    i + 1, answers.get(i).status(), answers.get(i).body());
        }
        if (answers.stream().anyMatch(answer -> answer.status() == 500)) {
            scene.say("   what release 1 does, by hand: %s", byHand(cast.operator));
        }
        scene.goal(
                "release 1 goes on predicting beside release 2",
                answers.stream().allMatch(Answer::isGood),
                "answers: " + Web.statuses(answers)
                        + ". Until the last replica of release 1 has gone, it writes rows that say nothing of a model");
    }

    private static String byHand(Connection operator) {
        SQLException refusal = Sql.refusal(
                operator,
                "insert into predictions (id, sepal_length, sepal_width, petal_length, petal_width, species, votes,"
                        + " neighbours) values ('by hand', 5.9, 3.0, 5, 1.5, 'virginica', 5, 5)");
        return refusal == null ? "taken" : Sql.describe(refusal);
    }

    private static void restore(Cast cast, Answer backup) throws InterruptedException {
        Scene scene = cast.scene;
        scene.heading("the replica that made the backup is gone; replica 2 looks for it");
        Matcher id = ID.matcher(backup.body());
        Answer list = cast.web.get(cast.fleet.port(2), "/backups");
        scene.say("   GET /backups: %d %s", list.status(), list.body());
        boolean good = false;
        if (backup.status() == 201 && id.find() && list.body().contains(id.group())) {
            Answer verified = cast.web.post(cast.fleet.port(2), "/backups/" + id.group(1));
            scene.say("   POST /backups/ID: %d %s", verified.status(), verified.body());
            good = verified.isGood() && verified.body().contains("\"verified\":true");
        }
        scene.goal(
                "a backup outlives the replica that made it, and another one proves it by a restore",
                good,
                backup.status() == 201
                        ? "replica 1 wrote it where? What lies in the folder of a container goes with it"
                        : "none was made: " + backup.body());
    }

    private static void withoutRedis(Cast cast) throws InterruptedException {
        Scene scene = cast.scene;
        scene.heading("Redis is killed");
        if (!health(cast, 2).contains("\"redis\"")) {
            scene.say("   no replica has a Redis");
            return;
        }
        cast.redis.kill();
        List<Answer> answers = new ArrayList<>();
        for (int port : cast.fleet.ports()) {
            answers.addAll(Web.all(List.of(
                    cast.web.beginPredict(port, USER, FLOWER), cast.web.beginPredict(port, USER, port / 10_000.0))));
        }
        scene.say("   known flowers and new ones, at all replicas: %s", Web.statuses(answers));
        scene.say("   GET /health: %s", health(cast, 2));
        cast.redis.start();
        boolean back = Await.until(REDIS_PATIENCE, () -> allHaveRedis(cast));
        scene.say("   started again; all replicas have it back: %s", back ? "yes" : "no");
        // 429 is an answer, too: while Redis is away each replica allows half of the limit by itself.
        scene.fact(
                "a service that has lost its Redis goes on",
                answers.stream().allMatch(answer -> answer.isGood() || answer.status() == 429));
    }

    private static boolean allHaveRedis(Cast cast) throws InterruptedException {
        for (int number = 1; number <= Fleet.SIZE; number++) {
            if (!health(cast, number).contains("\"redis\":{\"status\":\"up\"")) {
                return false;
            }
        }
        return true;
    }

    private static String health(Cast cast, int number) throws InterruptedException {
        return cast.web.get(cast.fleet.port(number), "/health").body();
    }

    private static void limits(Cast cast) throws InterruptedException {
        Scene scene = cast.scene;
        scene.heading("a client asks " + CALLS + " times, all replicas in turn; " + LIMIT + " a minute are allowed");
        Calls eager = call(cast, null);
        scene.say("   allowed: %d", eager.allowed);
        scene.goal(
                "a client has " + LIMIT + " requests a minute at all replicas together",
                eager.allowed >= LIMIT && eager.allowed <= eager.atMost,
                "it had " + eager.allowed + ". Who counts alone allows " + LIMIT
                        + " in each replica; and who counts the balancer instead of its clients gives one limit to all");
        scene.heading("another one does the same, and writes another address into X-Forwarded-For each time");
        Calls forger = call(cast, "10.20.30.");
        scene.say("   allowed: %d", forger.allowed);
        scene.goal(
                "a client who writes addresses into X-Forwarded-For is counted all the same",
                forger.allowed <= forger.atMost,
                "the balancer adds the address that it sees behind what the client wrote. Trust the balancer, which is"
                        + " 127.0.0.1, and nobody else");
        scene.heading("a third one asks once at each replica");
        List<Answer> answers = new ArrayList<>();
        for (int port : cast.fleet.ports()) {
            answers.add(cast.web.users(port, OTHER));
        }
        scene.say("   answers: %s", Web.statuses(answers));
        scene.goal(
                "other clients are not touched by that",
                answers.stream().allMatch(Answer::isGood),
                "to the service all requests come from the balancer, unless it may believe what the balancer says:"
                        + " TRUSTED_PROXIES");
    }

    /**
     * How many of the calls were allowed.
     *
     * @param atMost the limit, and what has come back in the meantime
     */
    private record Calls(int allowed, long atMost) {}

    private static Calls call(Cast cast, @Nullable String forged) throws InterruptedException {
        List<Integer> ports = cast.fleet.ports();
        long begun = System.nanoTime();
        int allowed = 0;
        for (int i = 0; i < CALLS; i++) {
            String forwardedFor = forged == null ? EAGER : forged + i + ", " + FORGER;
            allowed += cast.web.users(ports.get(i % ports.size()), forwardedFor).isGood() ? 1 : 0;
        }
        double minutes =
                (System.nanoTime() - begun) / (double) Duration.ofMinutes(1).toNanos();
        return new Calls(allowed, LIMIT + 1 + (long) (LIMIT * minutes));
    }
}
