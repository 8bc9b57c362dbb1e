package dev.wellhead.examples.prediction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.ClientPrograms;
import dev.wellhead.backup.Database;
import dev.wellhead.backup.KeyRing;
import dev.wellhead.backup.RestoreTarget;
import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.console.Console;
import dev.wellhead.core.Coded;
import dev.wellhead.jdbc.Credentials;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.Transactions;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.WellheadDataSource;
import dev.wellhead.ratelimit.FailurePolicy;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that uses every module, well and badly, with secrets that it was given by its environment, and prints all that
 * anybody could come to see of it: its log, each answer, each exception, what its objects say of themselves. It plants a decoy in
 * each of these places, so that a reader can tell whether he looks at all of them.
 */
public final class SecretsHost {
    static final String DATABASE = "DATABASE";
    static final String WRONG = "WRONG";
    static final String REDIS = "REDIS";
    static final String KEY = "KEY";
    static final String TOKEN = "TOKEN";
    static final String LITERAL = "LITERAL";
    static final String PLACEHOLDER = "PLACEHOLDER";
    static final String DECOY = "DECOY";
    static final String DONE = "all was tried";
    /** What was planted, as it has to be found again: the place and the decoy on one line. */
    static final List<String> PLACES = List.of(
            "planted-in-log", "planted-in-exception", "planted-in-answer", "planted-in-object", "jmx dev.wellhead:");

    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path folder;
    private final PostgresServer postgres;
    private final RedisServer redis;
    private final String decoy = Canary.given(DECOY).word();

    private SecretsHost(Path folder, PostgresServer postgres, RedisServer redis) {
        this.folder = folder;
        this.postgres = postgres;
        this.redis = redis;
    }

    public static void main(String[] arguments) throws Exception {
        logEverything();
        try (PostgresServer postgres = PostgresServer.builder().start();
                RedisServer redis = RedisServer.builder()
                        .setting("requirepass", "\"" + secret(REDIS) + "\"")
                        .start()) {
            postgres.administrate("create role app login superuser password '" + secret(DATABASE) + "'");
            postgres.administrate("create database service owner app");
            new SecretsHost(Path.of(arguments[0]), postgres, redis).run();
        }
        OUT.println(DONE);
        System.exit(0);
    }

    private static void logEverything() {
        Map.of("defaultLogLevel", "trace", "log.io.lettuce", "debug", "log.io.netty", "info", "log.reactor", "info")
                .forEach((name, level) -> System.setProperty("org.slf4j.simpleLogger." + name, level));
    }

    private static String secret(String name) {
        return Canary.given(name).password();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void run() throws Exception {
        plantInLogAndException();
        Map<String, String> environment = environment();
        try (RunningService service = RunningService.start(environment);
                Console console =
                        service.service().console().token(secret(TOKEN)).build();
                ConnectionPool pool = ConnectionPool.builder(url())
                        .name("planted-in-jmx-" + decoy)
                        .credentials("app", secret(DATABASE))
                        .maxSize(2)
                        .acquireTimeout(Duration.ofMillis(300))
                        .leakThreshold(Duration.ofMillis(100))
                        .slowQueryThreshold(Duration.ofMillis(1))
                        .jmx()
                        .build()) {
            URI place = console.start(0);
            use(service);
            slowStatementsWithLiterals(pool);
            look(service, place, pool);
            objects(service, console, pool, Settings.from(environment));
            refusedByTheServers();
            badSettings();
            migrationsThatFail(pool);
            backupsThatFail(service, pool);
            redis.kill();
            use(service);
            look(service, place, pool);
            postgres.kill();
            fails(pool::getConnection);
            fails(() -> service.service().migrator().status());
            fails(() -> service.service().backups().create());
            look(service, place, pool);
            objects(service, console, pool, Settings.from(environment));
        }
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put(
                "DATABASE_URL",
                "postgresql://app:" + encoded(secret(DATABASE)) + "@127.0.0.1:" + postgres.port() + "/service");
        environment.put("REDIS_URL", redisUrl(secret(REDIS)));
        environment.put("PORT", "0");
        environment.put("BACKUP_DIR", folder.resolve("backups").toString());
        environment.put("SLOW_QUERY_THRESHOLD", "1ms");
        environment.put("LEAK_THRESHOLD", "200ms");
        return environment;
    }

    private String url() {
        return postgres.url("service");
    }

    private String redisUrl(String password) {
        return "redis://:" + encoded(password) + "@127.0.0.1:" + redis.port();
    }

    private void plantInLogAndException() {
        Logger log = LoggerFactory.getLogger("dev.wellhead.planted");
        log.trace("planted-in-log {}", decoy);
        IllegalStateException error = new IllegalStateException("planted");
        error.addSuppressed(new IOException("suppressed", new IOException("planted-in-exception " + decoy)));
        fails(() -> {
            throw error;
        });
    }

    private void use(RunningService service) {
        answer(service.post("/users", "{\"email\":\"ann@example.org\",\"name\":\"planted-in-answer " + decoy + "\"}"));
        answer(service.post("/users", "{\"email\":7"));
        answer(service.get("/users/nobody"));
        answer(service.post("/predict", RunningService.flower()));
        answer(service.post("/metrics", ""));
        answer(service.post("/backups/no-such-id", ""));
    }

    /** Everything that can be asked for, by those who may and those who may not. */
    private void look(RunningService service, URI console, ConnectionPool pool) throws Exception {
        for (String path :
                List.of("/users", "/metrics", "/pool", "/health", "/health/live", "/health/ready", "/backups", "/no")) {
            answer(service.get(path));
        }
        String right = secret(TOKEN);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !console(console, "api/state", right).text().contains("\"state\":\"reading\""));
        for (String path : List.of("", "console.js", "console.css", "icon.svg", "nothing", "api/state", "api/no")) {
            answer(console(console, path, ""));
            answer(console(console, path, secret(WRONG)));
            answer(console(console, path, right));
        }
        plans(console, right);
        beans();
        OUT.println(Thread.getAllStackTraces().keySet());
        OUT.println(pool.borrowed() + " " + pool.slowQueries() + " " + pool.stats() + " " + pool.health());
    }

    private static RunningService.Answer console(URI place, String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(place + path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return RunningService.send(request.build());
    }

    private static void plans(URI place, String token) throws IOException {
        JsonNode state =
                new ObjectMapper().readTree(console(place, "api/state", token).text());
        List<String> slow = state.path("cards").path(0).path("now").path("slow").findValuesAsText("id");
        OUT.println(slow.size() + " slow queries");
        for (String id : slow.stream().limit(3).toList()) {
            answer(console(place, "api/plan?pool=service&query=" + id, token));
        }
    }

    private static void beans() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName bean : server.queryNames(new ObjectName("dev.wellhead:*"), null)) {
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(bean).getAttributes()) {
                Object value = server.getAttribute(bean, attribute.getName());
                String shown = value instanceof Object[] array ? List.of(array).toString() : String.valueOf(value);
                OUT.println("jmx " + bean + " " + attribute.getName() + " " + shown);
            }
        }
    }

    private static void slowStatementsWithLiterals(ConnectionPool pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_sleep(0.02), '" + secret(LITERAL) + "'");
            statement.execute("create role other password '" + secret(LITERAL) + "'");
            fails(() -> statement.execute("alter role nobody_at_all password $$" + secret(LITERAL) + "$$"));
            Awaitility.await().atMost(PATIENCE).until(() -> pool.stats().leaksReported() > 0);
            OUT.println(connection + " " + statement);
        }
    }

    /** What the objects and their builders say of themselves. */
    private void objects(RunningService service, Console console, ConnectionPool pool, Settings settings)
            throws Exception {
        DirectDataSource direct = DirectDataSource.of(url(), "app", secret(DATABASE));
        RedisURI uri = RedisURI.create(redisUrl(secret(REDIS)));
        KeyRing keys = KeyRing.of("2026", Canary.given(KEY).key());
        BackupStore store = BackupStore.directory(folder.resolve("backups"));
        Redis.Builder redis = Redis.builder(uri);
        WellheadDataSource bean = bean(secret(DATABASE));
        try (Redis client = redis.build();
                Cache<Long, String> cache = Cache.builder("names", client, KeyCodec.ofLong(), Codec.string())
                        .expireAfterWrite(Duration.ofMinutes(1))
                        .build();
                RateLimiter limiter = RateLimiter.redis(client).build();
                bean) {
            Stream.<Object>of(
                            "planted-in-object " + decoy,
                            settings,
                            settings.database(),
                            pool,
                            pool.direct(),
                            ConnectionPool.builder(url()).credentials("app", secret(DATABASE)),
                            bean,
                            bean.pool(),
                            direct,
                            direct.url(),
                            direct.onDatabase("other"),
                            Credentials.of("app", secret(DATABASE)),
                            Transactions.on(direct),
                            redis,
                            client,
                            client.stats(),
                            client.health(),
                            cache,
                            cache.stats(),
                            limiter,
                            limiter.stats(),
                            RateLimiter.redis(client),
                            service.service(),
                            service.service().migrator(),
                            service.service().backups(),
                            service.service().backups().health(),
                            service.service().connections(),
                            service.service().console(),
                            console,
                            Migrator.builder(direct),
                            Database.postgres(direct),
                            store,
                            store.encrypted(keys),
                            keys,
                            Backups.builder(Database.postgres(direct), store.encrypted(keys)),
                            RestoreTarget.emptyDatabase(direct))
                    .forEach(object -> OUT.println(object));
        } catch (SQLException e) {
            // Without a server the bean has no pool.
            e.printStackTrace(OUT);
        }
    }

    private WellheadDataSource bean(String password) {
        WellheadDataSource bean = new WellheadDataSource();
        bean.setUrl(url() + "?user=app&password=" + encoded(password) + "&wellhead.maxSize=2");
        bean.setAcquireTimeout(Duration.ofMillis(300));
        return bean;
    }

    private void refusedByTheServers() {
        String wrong = secret(WRONG);
        DirectDataSource direct = DirectDataSource.of(url(), "app", wrong);
        fails(direct::getConnection);
        fails(DirectDataSource.of(url() + "?user=app&password=" + encoded(wrong))::getConnection);
        fails(() -> direct.getConnection("app", wrong));
        fails(() -> Transactions.on(direct).call(tx -> 1));
        fails(() -> {
            try (WellheadDataSource bean = bean(wrong)) {
                OUT.println(bean);
                return bean.getConnection();
            }
        });
        fails(() -> PredictionService.start(Settings.from(changed(
                "DATABASE_URL", "postgresql://app:" + encoded(wrong) + "@127.0.0.1:" + postgres.port() + "/service"))));
        try (ConnectionPool pool = ConnectionPool.builder(url())
                        .credentials(() -> Credentials.of("app", wrong))
                        .acquireTimeout(Duration.ofMillis(300))
                        .build();
                Redis client = Redis.builder(RedisURI.create(redisUrl(wrong))).build();
                Cache<Long, String> cache = Cache.builder("names", client, KeyCodec.ofLong(), Codec.string())
                        .expireAfterWrite(Duration.ofMinutes(1))
                        .build();
                RateLimiter limiter = RateLimiter.redis(client).build()) {
            fails(pool::getConnection);
            fails(() -> client.call(commands -> commands.ping()));
            fails(() -> cache.get(1L, key -> pool.getConnection().toString()));
            Limit closed = Limit.tokenBucket("ip", 1, Duration.ofHours(1)).onFailure(FailurePolicy.closed());
            OUT.println(limiter.tryAcquire(closed, "key") + " " + client.health() + " " + pool.health() + " " + cache);
        }
    }

    private void badSettings() {
        for (String secret : List.of(secret(WRONG), encoded(secret(WRONG)))) {
            for (String url : List.of(
                    "postgresql://app:" + secret + "@127.0.0.1:1/app",
                    "postgresql://app:" + secret + " @127.0.0.1:1/app",
                    "postgresql://" + secret + "@127.0.0.1",
                    "jdbc:postgresql://app:" + secret + "@127.0.0.1:1/app",
                    "jdbc:postgresql://127.0.0.1:1/app?user=app&password=" + secret,
                    "mysql://app:" + secret + "@127.0.0.1/app")) {
                fails(() -> PredictionService.start(Settings.from(changed("DATABASE_URL", url))));
                fails(() -> {
                    DirectDataSource direct = DirectDataSource.of(url);
                    OUT.println(direct);
                    return direct.getConnection();
                });
                fails(() -> {
                    try (ConnectionPool pool = ConnectionPool.builder(url)
                            .acquireTimeout(Duration.ofMillis(50))
                            .build()) {
                        OUT.println(pool);
                        return pool.getConnection();
                    }
                });
            }
            for (String url : List.of(
                    "redis://:" + secret + "@127.0.0.1:1",
                    "redis://app:" + secret + "@127.0.0.1:x",
                    "http://:" + secret + "@127.0.0.1",
                    secret + "@127.0.0.1")) {
                fails(() -> Settings.from(changed("REDIS_URL", url)));
            }
        }
    }

    private Map<String, String> changed(String name, String value) {
        Map<String, String> environment = environment();
        environment.put(name, value);
        return environment;
    }

    private void migrationsThatFail(ConnectionPool pool) {
        Migrator migrator = Migrator.builder(pool.direct())
                .historyTable("failing_history")
                .source(MigrationSource.of(Map.of(
                        "001_role.sql",
                        "create role third password '${password}';\nalter role nobody rename to '${password}'")))
                .placeholders(Map.of("password", secret(PLACEHOLDER)))
                .build();
        OUT.println(migrator.plan());
        fails(migrator::migrate);
        OUT.println(migrator.status());
        fails(() -> Migrator.builder(DirectDataSource.of(url(), "app", secret(WRONG)))
                .source(MigrationSource.of(Map.of("001_a.sql", "select 1")))
                .build()
                .migrate());
    }

    private void backupsThatFail(RunningService service, ConnectionPool pool) throws Exception {
        Backups backups = service.service().backups();
        // The schedule makes one when a service is new.
        Awaitility.await().atMost(PATIENCE).until(() -> backups.newestVerified().isPresent());
        // One at a time.
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> service.post("/backups", "").status() == 201);
        String id = backups.newestVerified().orElseThrow().id();
        fails(() -> backups.restore(id, RestoreTarget.newDatabase("service")));
        fails(() -> backups.restore(id, RestoreTarget.emptyDatabase(pool.direct())));
        fails(() -> backups.restore(id, RestoreTarget.replacingDatabase("service", "no token")));
        answer(service.post("/backups/" + id, ""));

        Database database = Database.postgres(pool.direct());
        BackupStore store = BackupStore.directory(folder.resolve("encrypted"));
        KeyRing keys = KeyRing.of("2026", Canary.given(KEY).key());
        Backups encrypted = Backups.builder(
                        Database.postgres(
                                pool.direct(), service.service().migrator().replay()),
                        store.encrypted(keys))
                .build();
        String made = encrypted.create().id();
        KeyRing other = KeyRing.of("2027", Canary.given(WRONG).key());
        fails(() -> Backups.builder(database, store.encrypted(other)).build().verify(made));
        fails(() -> Backups.builder(database, store).build().verify(made));
        damage(folder.resolve("encrypted"));
        fails(() -> encrypted.verify(made));

        Path noFolder = Files.writeString(folder.resolve("file"), "x");
        fails(() -> Backups.builder(database, BackupStore.directory(noFolder))
                .build()
                .create());
        DirectDataSource wrong = DirectDataSource.of(url(), "app", secret(WRONG));
        fails(() -> Backups.builder(Database.postgres(wrong), store).build().create());
        Process planted = new ProcessBuilder("sh", "-c", "cat; true", decoy).start();
        fails(() -> Backups.builder(
                        Database.postgres(pool.direct(), ClientPrograms.at(spy())),
                        BackupStore.directory(folder.resolve("dumped")))
                .build()
                .create());
        planted.destroy();
    }

    private static void damage(Path store) throws IOException {
        try (Stream<Path> files = Files.walk(store)) {
            for (Path part : files.filter(file -> file.toString().contains("/parts/"))
                    .filter(Files::isRegularFile)
                    .toList()) {
                Files.write(part, new byte[] {1, 2, 3}, StandardOpenOption.TRUNCATE_EXISTING);
            }
        }
    }

    /** In the place of pg_dump: writes down what anybody may see of processes, and its own environment; then it fails. */
    private Path spy() throws IOException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path seen = Files.createDirectories(folder.resolve("seen"));
        Path program = Files.writeString(programs.resolve("pg_dump"), """
                #!/bin/sh
                if [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) 99.1"; exit 0; fi
                if [ -d /proc/self ]; then cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; else ps -A -o args; fi >SEEN/processes
                env >SEEN/environment
                exit 1
                """.replace("SEEN", seen.toString()));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return programs;
    }

    private static void answer(RunningService.Answer answer) {
        OUT.println(answer.raw().statusCode() + " " + answer.raw().headers().map() + " " + answer.text());
    }

    private static void fails(Callable<?> call) {
        try {
            OUT.println("went well: " + call.call());
        } catch (Exception | LinkageError e) {
            OUT.println(e instanceof Coded coded ? coded.code() : "no code");
            e.printStackTrace(OUT);
        }
    }
}
