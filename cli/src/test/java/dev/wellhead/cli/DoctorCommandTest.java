package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import dev.wellhead.cli.doctor.Rule;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each check finds what is seeded for it, alone, and none finds anything in what is set up well. */
class DoctorCommandTest {
    private static final String GOOD = "socketTimeout=60&tcpKeepAlive=true";
    // The server at hand is older than the mended ones.
    private static final String OLD_REDIS = Rule.REDIS_OLD.code();

    @TempDir
    private Path folder;

    private TestDatabase database;
    private String role;

    @BeforeEach
    void makeAHealthyDatabase() {
        database = TestDatabase.postgres();
        role = "role_of_" + database.name();
        PostgresServer server = PostgresServer.shared();
        server.administrate("create role " + role + " login password 'healthy-canary'");
        database.execute(
                "revoke create on schema public from public",
                "alter role " + role + " set idle_in_transaction_session_timeout = '60s'",
                "alter role " + role + " set statement_timeout = '30s'",
                "alter role " + role + " in database " + database.name() + " set work_mem = '4MB'");
    }

    @AfterEach
    void removeIt() {
        database.close();
        PostgresServer.shared().administrate("drop role " + role);
    }

    private Wellhead wellhead() {
        return Wellhead.in(folder)
                .with("WELLHEAD_USER", role)
                .with("WELLHEAD_PASSWORD", "healthy-canary")
                .with("WELLHEAD_IGNORE", String.join(",", UNSAFE_TEST_SERVER));
    }

    /** The shared server of the tests writes nothing to disk, for speed; its own test below has these found. */
    private static final List<String> UNSAFE_TEST_SERVER =
            List.of(Rule.FSYNC_OFF.code(), Rule.FULL_PAGE_WRITES_OFF.code(), Rule.END_OF_LIFE.code());

    private String url(String parameters) {
        return database.url() + "?" + parameters;
    }

    private static Set<String> codes(Outcome outcome) {
        return Results.list(Results.json(outcome), "findings").stream()
                .map(finding -> String.valueOf(finding.get("code")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String code(String rule) {
        return Rule.valueOf(rule).code();
    }

    @Test
    void healthySetUpIsSilent() {
        try (PostgresServer server = PostgresServer.builder()
                        .setting("fsync", "on")
                        .setting("full_page_writes", "on")
                        .start();
                RedisServer redis = healthyRedis().start()) {
            server.administrate("create role app login password 'healthy-canary'");
            server.administrate("alter role app set idle_in_transaction_session_timeout = '60s'");
            server.administrate("alter role app set statement_timeout = '30s'");
            server.administrate("revoke create on schema public from public");

            Outcome outcome = Wellhead.in(folder)
                    .with("WELLHEAD_PASSWORD", "healthy-canary")
                    .with("WELLHEAD_REDIS_PASSWORD", "redis-canary")
                    .at(Clock.systemUTC())
                    .run(
                            "doctor",
                            "--url",
                            server.url("postgres") + "?" + GOOD,
                            "--user",
                            "app",
                            "--redis",
                            redis.uri(),
                            "--instances",
                            "6",
                            "--ignore",
                            OLD_REDIS + "," + Rule.END_OF_LIFE.code());

            assertThat(outcome.out()).contains("nothing found in ").doesNotContain("found:", "not looked at");
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.code()).isZero();
            assertThat(outcome.all()).doesNotContain("canary");
        }
    }

    private static RedisServer.Builder healthyRedis() {
        return RedisServer.builder()
                .setting("requirepass", "redis-canary")
                .setting("maxmemory", "64mb")
                .setting("maxmemory-policy", "volatile-lru");
    }

    @ParameterizedTest
    @CsvSource({
        "SIMPLE_QUERIES,    " + GOOD + "&preferQueryMode=simple",
        "NO_SOCKET_TIMEOUT, tcpKeepAlive=true",
        "NO_SOCKET_TIMEOUT, tcpKeepAlive=true&socketTimeout=0",
        "ENDLESS_CONNECT,   " + GOOD + "&connectTimeout=0",
        "NO_KEEPALIVE,      socketTimeout=60",
        "CLASS_IN_URL,      " + GOOD + "&socketFactory=com.example.Factory",
        "CLASS_IN_URL,      " + GOOD + "&loggerFile=driver.log",
        "ENDLESS_LIFE,      " + GOOD + "&wellhead.maxLifetime=off",
        "LONG_WAIT,         " + GOOD + "&wellhead.acquireTimeout=2m",
        "LEAKS_UNSEEN,      " + GOOD + "&wellhead.leakThreshold=off",
    })
    void faultOfTheUrlIsFoundAlone(String rule, String parameters) {
        Outcome outcome = wellhead().run("doctor", "--offline", "--json", "--url", url(parameters));

        assertThat(codes(outcome)).containsExactly(code(rule));
        assertThat(outcome.code()).isEqualTo(ExitCodes.FOUND);
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://db.example.com/app?" + GOOD + ", true",
        "postgresql://db.example.com/app?" + GOOD + "&sslmode=require, true",
        "postgresql://127.0.0.1/a?" + GOOD + "&sslmode=disable, false",
        "'postgresql://localhost,db2.example.com:5433/app?" + GOOD + "&sslmode=verify-ca', true",
        "postgresql://db.example.com/app?" + GOOD + "&sslmode=verify-full, false",
        "postgresql://[::1]:5432/app?" + GOOD + ", false",
    })
    void certificatesAreAskedForBeyondTheMachine(String url, boolean found) {
        Outcome outcome = wellhead().run("doctor", "--offline", "--json", "--url", url);

        assertThat(codes(outcome)).isEqualTo(found ? Set.of(code("UNVERIFIED_TLS")) : Set.of());
    }

    @ParameterizedTest
    @CsvSource({
        "IDLE_TRANSACTIONS,    alter role ROLE set idle_in_transaction_session_timeout = 0",
        "ENDLESS_STATEMENTS,   alter role ROLE set statement_timeout = 0",
        "ASYNCHRONOUS_COMMIT,  alter role ROLE set synchronous_commit = off",
        "READ_ONLY,            alter role ROLE set default_transaction_read_only = on",
        "MD5_PASSWORDS,        alter database DATABASE set password_encryption = 'md5'",
        "SUPERUSER,            alter role ROLE superuser",
        "FLEET_TOO_LARGE,      alter role ROLE connection limit 5",
        "FLEET_TOO_LARGE,      alter database DATABASE connection limit 5",
        "PUBLIC_CREATE,        grant create on schema public to public",
    })
    void faultOfRoleOrDatabaseIsFoundAlone(String rule, String sql) {
        database.execute(sql.replace("ROLE", role).replace("DATABASE", database.name()));

        Outcome outcome = wellhead().run("doctor", "--json", "--url", url(GOOD));

        assertThat(codes(outcome)).as(outcome.all()).containsExactly(code(rule));
        assertThat(outcome.code()).isEqualTo(ExitCodes.FOUND);
    }

    @Test
    void fleetIsReckonedWithAllInstances() {
        Outcome fits = wellhead().run("doctor", "--json", "--url", url(GOOD), "--pool-size", "20", "--instances", "6");
        Outcome exceeds = wellhead().run("doctor", "--url", url(GOOD + "&wellhead.maxSize=40"), "--instances", "6");

        assertThat(codes(fits)).isEmpty();
        assertThat(exceeds.out()).contains("WH-DOCTOR-010", "6 pools of 40 = 240 connections", "max_connections = 200");
    }

    @Test
    void faultsOfAServerAreFound() {
        try (PostgresServer server = PostgresServer.builder()
                .setting("autovacuum", "off")
                .setting("fsync", "off")
                .setting("full_page_writes", "off")
                .setting("max_connections", "12")
                .start()) {
            Outcome outcome = Wellhead.in(folder)
                    .with("WELLHEAD_PASSWORD", server.password())
                    .run("doctor", "--json", "--user", server.user(), "--url", server.url("postgres") + "?" + GOOD);

            assertThat(codes(outcome))
                    .contains(
                            code("AUTOVACUUM_OFF"),
                            code("FSYNC_OFF"),
                            code("FULL_PAGE_WRITES_OFF"),
                            code("FLEET_TOO_LARGE"),
                            code("SUPERUSER"),
                            code("IDLE_TRANSACTIONS"),
                            code("ENDLESS_STATEMENTS"));
        }
    }

    @Test
    void idleSessionsThatTheServerEndsAreFound() {
        if (Integer.parseInt(database.queryOne("show server_version_num")) >= 140_000) {
            database.execute("alter role " + role + " set idle_session_timeout = '60s'");

            assertThat(codes(wellhead().run("doctor", "--json", "--url", url(GOOD))))
                    .containsExactly(code("IDLE_SESSIONS_ENDED"));
            assertThat(codes(wellhead().run("doctor", "--json", "--url", url(GOOD + "&wellhead.keepalive=30s"))))
                    .isEmpty();
        }
    }

    @Test
    void endOfLifeIsByTheCalendar() {
        Wellhead wellhead =
                wellhead().with("WELLHEAD_IGNORE", Rule.FSYNC_OFF.code() + "," + Rule.FULL_PAGE_WRITES_OFF.code());
        Clock young = Clock.fixed(Instant.parse("2025-01-01T00:00:00Z"), ZoneOffset.UTC);
        Clock old = Clock.fixed(Instant.parse("2040-01-01T00:00:00Z"), ZoneOffset.UTC);

        assertThat(codes(wellhead.at(young).run("doctor", "--json", "--url", url(GOOD))))
                .containsExactly(code("CLOCK_SKEW"));
        assertThat(codes(wellhead.at(old).run("doctor", "--json", "--url", url(GOOD))))
                .containsExactly(code("END_OF_LIFE"), code("CLOCK_SKEW"));
    }

    @Test
    void clocksThatDifferAreFound() {
        Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2));

        assertThat(codes(wellhead().at(ahead).run("doctor", "--json", "--url", url(GOOD))))
                .containsExactly(code("CLOCK_SKEW"));
    }

    @Test
    void databaseWithoutAnEncodingIsFound() {
        withDatabase(
                "encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'",
                (name, url) -> assertThat(codes(wellhead().run("doctor", "--json", "--url", url + "?" + GOOD)))
                        .contains(code("SQL_ASCII")));
    }

    @Test
    void collationOfAnotherVersionIsFound() {
        // The server's own collations have a version, whatever the system's have.
        if (Integer.parseInt(database.queryOne("show server_version_num")) >= 170_000) {
            withDatabase(
                    "encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype 'C'",
                    (name, url) -> {
                        assertThat(codes(wellhead().run("doctor", "--json", "--url", url + "?" + GOOD)))
                                .doesNotContain(code("COLLATION_CHANGED"));
                        PostgresServer.shared()
                                .administrate(
                                        "update pg_database set datcollversion = '0' where datname = '" + name + "'");
                        assertThat(codes(wellhead().run("doctor", "--json", "--url", url + "?" + GOOD)))
                                .contains(code("COLLATION_CHANGED"));
                    });
        }
    }

    private void withDatabase(String options, BiConsumer<String, String> test) {
        String name = database.name() + "_other";
        PostgresServer server = PostgresServer.shared();
        server.administrate("create database " + name + " template template0 " + options);
        try {
            test.accept(name, server.url(name));
        } finally {
            server.administrate("drop database " + name + " with (force)");
        }
    }

    @Test
    void unreachableServersAreFindingsAndEndWithFour() {
        Outcome outcome = wellhead()
                .run(
                        "doctor",
                        "--json",
                        "--url",
                        "postgresql://127.0.0.1:1/app?" + GOOD,
                        "--redis",
                        "redis://127.0.0.1:1");

        assertThat(codes(outcome)).containsExactly(code("DATABASE_UNREACHABLE"), code("REDIS_UNREACHABLE"));
        assertThat(outcome.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(codes(wellhead().run("doctor", "--json", "--url", "sqlite:none.db")))
                .containsExactly(code("DATABASE_UNREACHABLE"));
    }

    @ParameterizedTest
    @CsvSource({
        "REDIS_UNBOUNDED,    maxmemory,        0",
        "REDIS_NOEVICTION,   maxmemory-policy, noeviction",
        "REDIS_SNAPSHOTS,    save,             60 1000",
        "REDIS_IDLE_TIMEOUT, timeout,          300",
        "REDIS_NO_KEEPALIVE, tcp-keepalive,    0",
    })
    void faultOfRedisIsFoundAlone(String rule, String setting, String value) {
        try (RedisServer redis = healthyRedis().setting(setting, value).start()) {
            Outcome outcome = Wellhead.in(folder)
                    .with("WELLHEAD_REDIS_PASSWORD", "redis-canary")
                    .run("doctor", "--json", "--redis", redis.uri(), "--ignore", OLD_REDIS);

            assertThat(codes(outcome)).as(outcome.all()).containsExactly(code(rule));
        }
    }

    @Test
    void openRedisReplicaAndOldOneAreFound() {
        try (RedisServer open = RedisServer.builder()
                        .setting("protected-mode", "no")
                        .setting("maxmemory", "64mb")
                        .setting("maxmemory-policy", "volatile-lru")
                        .start();
                RedisServer replica =
                        healthyRedisWithoutPassword().replicaOf(open).start()) {
            assertThat(codes(Wellhead.in(folder).run("doctor", "--json", "--redis", open.uri())))
                    .containsExactly(code("REDIS_OPEN"), code("REDIS_OLD"));
            assertThat(codes(Wellhead.in(folder)
                            .run("doctor", "--json", "--redis", replica.uri(), "--ignore", OLD_REDIS)))
                    .containsExactly(code("REDIS_REPLICA"));
        }
    }

    private static RedisServer.Builder healthyRedisWithoutPassword() {
        return RedisServer.builder().setting("maxmemory", "64mb").setting("maxmemory-policy", "volatile-lru");
    }

    @Test
    void redisWithoutTlsBeyondTheMachineIsFound() {
        assertThat(codes(Wellhead.in(folder).run("doctor", "--offline", "--json", "--redis", "redis://cache:6379")))
                .containsExactly(code("REDIS_PLAIN"));
        assertThat(codes(Wellhead.in(folder).run("doctor", "--offline", "--json", "--redis", "rediss://cache:6379")))
                .isEmpty();
    }

    @Test
    void settingsThatMayNotBeReadAreSaidToBeUnknown() {
        try (RedisServer redis =
                RedisServer.builder().setting("rename-command", "CONFIG \"\"").start()) {
            Outcome outcome = Wellhead.in(folder).run("doctor", "--redis", redis.uri(), "--ignore", OLD_REDIS);

            assertThat(outcome.code()).as(outcome.all()).isZero();
            assertThat(outcome.out()).contains("not looked at: WH-DOCTOR-051", "CONFIG GET");
        }
    }

    @Test
    void driversOfTheServiceAreLookedAt() throws IOException {
        Path libraries = Files.createDirectories(folder.resolve("lib/deep"));
        Files.writeString(libraries.resolve("postgresql-42.7.14.jar"), "");
        assertThat(Wellhead.in(folder).run("doctor", "--app-libs", "lib").code())
                .isZero();

        Files.writeString(libraries.resolve("sqlite-jdbc-3.41.0.0.jar"), "");
        Path fat = folder.resolve("app.jar");
        try (OutputStream out = Files.newOutputStream(fat);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("BOOT-INF/lib/postgresql-42.6.0.jar"));
            zip.closeEntry();
        }

        Outcome folderOutcome = Wellhead.in(folder).run("doctor", "--app-libs", "lib");
        Outcome fatOutcome = Wellhead.in(folder).run("doctor", "--app-libs", "app.jar");
        Outcome none = Wellhead.in(folder).run("doctor", "--app-libs", "nothing");

        assertThat(folderOutcome.out()).contains("WH-DOCTOR-001", "sqlite-jdbc 3.41.0.0", "CVE-2023-32697");
        assertThat(fatOutcome.out())
                .contains("CVE-2024-1597", "CVE-2026-42198", "use postgresql 42.7.11 or newer")
                .doesNotContain("CVE-2022-41946");
        assertThat(none.code()).isEqualTo(ExitCodes.UNREACHABLE);
    }

    private Path sqlite(String mode) throws IOException {
        try (TestDatabase made = TestDatabase.sqlite()) {
            made.execute("pragma journal_mode = " + mode, "create table t (id integer primary key)");
            Path file = folder.resolve("app.db");
            Files.copy(Path.of(made.name()), file);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SQLITE_NO_WAL,          delete, rw-------, foreign_keys=true",
        "SQLITE_SYNCHRONOUS_OFF, wal,    rw-------, foreign_keys=true&synchronous=OFF",
        "SQLITE_FOREIGN_KEYS,    wal,    rw-------, foreign_keys=false",
        "SQLITE_NO_BUSY_TIMEOUT, wal,    rw-------, foreign_keys=true&busy_timeout=0",
        "SQLITE_OPEN_FILE,       wal,    rw-r--r--, foreign_keys=true",
        "-,                      wal,    rw-------, foreign_keys=true",
    })
    void faultOfSqliteIsFoundAlone(String rule, String journal, String mode, String parameters) throws IOException {
        Path file = sqlite(journal);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        Outcome outcome = Wellhead.in(folder).run("doctor", "--json", "--url", "sqlite:app.db?" + parameters);

        assertThat(codes(outcome)).as(outcome.all()).isEqualTo(rule.equals("-") ? Set.of() : Set.of(code(rule)));
    }

    @Test
    void whatIsKnownCanBeAccepted() {
        Outcome outcome =
                wellhead().run("doctor", "--offline", "--url", url("tcpKeepAlive=true"), "--ignore", "WH-DOCTOR-004");
        Outcome unknown = wellhead().run("doctor", "--offline", "--url", url(GOOD), "--ignore", "WH-DOCTOR-999");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("nothing found", "1 accepted");
        assertThat(unknown.code()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void nothingToLookAtIsAMistake() {
        assertThat(Wellhead.in(folder).run("doctor").code()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void everyCheckIsDocumented() throws IOException {
        Path checkout = Path.of(System.getProperty("wellhead.checkout"));
        String page = Files.readString(checkout.resolve("docs/cli.md"));

        assertThat(Rule.values()).hasSizeGreaterThanOrEqualTo(15);
        for (Rule rule : Rule.values()) {
            assertThat(page)
                    .contains("| `" + rule.code() + "` | "
                            + rule.severity().name().toLowerCase(Locale.ROOT) + " | " + rule.title() + " |");
        }
    }

    @Test
    void everyCodeIsOfOneCheck() {
        assertThat(Stream.of(Rule.values()).map(Rule::code)).doesNotHaveDuplicates();
        assertThat(Map.of("a", Rule.of("WH-DOCTOR-004"))).containsValue(Rule.NO_SOCKET_TIMEOUT);
    }
}
