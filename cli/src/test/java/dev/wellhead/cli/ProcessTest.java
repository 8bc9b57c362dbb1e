package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.Programs;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process: streams, exit codes, terminals, signals, and what others see of it. */
class ProcessTest {
    @TempDir
    private Path folder;

    private void migrations() throws IOException {
        Files.createDirectories(folder.resolve("migrations"));
        Files.writeString(folder.resolve("migrations/001_users.sql"), "create table users (id integer primary key);\n");
        Files.writeString(folder.resolve("migrations/001_users.down.sql"), "drop table users;\n");
    }

    @Test
    void everyCommandRunsAsAProcess() throws IOException {
        migrations();
        Wellhead wellhead =
                Wellhead.in(folder).with("WELLHEAD_URL", "sqlite:app.db").with("WELLHEAD_STORE", "store");

        expect(wellhead, 0, "001_users.sql", "migrate", "plan");
        expect(wellhead, 0, "applied", "migrate", "up");
        expect(wellhead, 0, "1 applied", "migrate", "status");
        expect(wellhead, 0, "reversible", "migrate", "verify", "--rollbacks");
        expect(wellhead, 0, "nothing to repair", "migrate", "repair");
        expect(wellhead, 1, "WH-MIG-017", "migrate", "resume", "001");
        expect(wellhead, 0, "nothing found", "migrate", "lint");
        expect(wellhead, 0, "no drift", "migrate", "drift");
        expect(wellhead, 0, "rolled back", "migrate", "down", "--to", "0");
        expect(wellhead, 0, "applied", "migrate", "up");
        expect(wellhead, 0, "002_more", "migrate", "new", "more");
        expect(wellhead, 0, "counts as applied", "migrate", "mark", "002", "--applied");
        expect(wellhead, 1, "WH-MIG-004", "migrate", "baseline", "001");
        expect(wellhead, 0, "nothing to import", "migrate", "import", "flyway");
        expect(wellhead, 0, "complete", "backup", "create");
        expect(wellhead, 0, "complete", "backup", "list");
        expect(wellhead, 0, "verified", "backup", "verify");
        expect(wellhead, 0, "restored", "backup", "restore", "latest", "--to-file", "copy.db");
        expect(wellhead, 0, "keep", "backup", "prune", "--keep-last", "1", "--dry-run");
        expect(wellhead, 3, "WH-DOCTOR-070", "doctor");
        expect(wellhead, 0, "ready", "wait");
        expect(wellhead, 2, "WH-CLI-006", "migrate", "sideways");
    }

    private static void expect(Wellhead wellhead, int code, String text, String... arguments) {
        Outcome outcome = wellhead.process(arguments);
        assertThat(outcome.all()).as(String.join(" ", arguments)).contains(text);
        assertThat(outcome.code()).as(outcome.all()).isEqualTo(code);
        assertThat(outcome.all()).doesNotContain("\u001b", "\r", "at dev.wellhead", "SLF4J");
    }

    @Test
    void serversAreReachedFromAProcess() throws IOException {
        migrations();
        try (TestDatabase database = TestDatabase.postgres()) {
            Wellhead wellhead = Wellhead.in(folder)
                    .with("WELLHEAD_URL", database.url())
                    .with("WELLHEAD_USER", database.user())
                    .with("WELLHEAD_PASSWORD", database.password())
                    .with("WELLHEAD_REDIS", RedisServer.shared().uri());

            assertThat(wellhead.process("wait", "--timeout", "30s").out()).contains("ready PostgreSQL", "ready Redis");
            assertThat(Results.json(wellhead.process("migrate", "up", "--json")))
                    .containsEntry("dryRun", false);
            Map<String, Object> doctor = Results.json(wellhead.process("doctor", "--json"));
            assertThat(Results.list(doctor, "findings")).isNotEmpty();
            assertThat(wellhead.with("WELLHEAD_PASSWORD", "wrong")
                            .process("migrate", "status")
                            .code())
                    .isEqualTo(ExitCodes.UNREACHABLE);
        }
    }

    @Test
    void passwordShowsNowhereWhateverIsLogged() throws Exception {
        migrations();
        Files.writeString(folder.resolve("migrations/002_slow.sql"), "select pg_sleep(600);\n");
        try (TestDatabase database = TestDatabase.postgres()) {
            Wellhead wellhead = Wellhead.in(folder)
                    .with("WELLHEAD_URL", database.url())
                    .with("WELLHEAD_USER", database.user())
                    .with("WELLHEAD_PASSWORD", database.password())
                    .with(
                            "WELLHEAD_REDIS",
                            "redis://127.0.0.1:" + RedisServer.shared().port())
                    .with("WELLHEAD_REDIS_PASSWORD", "redis-canary-of-mine")
                    .with("WELLHEAD_STORE", "store");
            Process running = wellhead.start("migrate", "up", "--log-level", "trace");
            try {
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> isSleeping(database));
                assertThat(processList()).contains("migrate").doesNotContain(database.password(), "canary-of-mine");
            } finally {
                end(database);
            }
            Outcome migrate = Wellhead.outcome(running);
            assertThat(migrate.code()).as(migrate.all()).isNotZero();

            List<Outcome> outcomes = new ArrayList<>(List.of(migrate));
            outcomes.add(wellhead.process("backup", "create", "--log-level", "trace"));
            outcomes.add(wellhead.process("doctor", "--log-level=trace"));
            outcomes.add(wellhead.process("wait", "--timeout", "500ms", "--log-level=trace"));
            outcomes.add(wellhead.with("WELLHEAD_URL", database.url() + "_not_there")
                    .process("migrate", "status", "--log-level", "trace", "--json"));

            for (Outcome outcome : outcomes) {
                assertThat(outcome.all()).doesNotContain(database.password(), "canary-of-mine");
            }
            assertThat(filesBelow(folder.resolve("store"))).noneMatch(text -> text.contains(database.password()));
        }
    }

    private static boolean isSleeping(TestDatabase database) {
        return "1"
                .equals(database.queryOne(
                        "select count(*) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(600)%'"
                                + " and pid <> pg_backend_pid()"));
    }

    private static void end(TestDatabase database) throws SQLException {
        try (Connection connection = PostgresServer.shared().connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + database.name() + "'");
        }
    }

    private static String processList() {
        return ProcessHandle.allProcesses()
                .map(process -> {
                    try {
                        return Files.readString(
                                        Path.of("/proc", String.valueOf(process.pid()), "cmdline"),
                                        StandardCharsets.ISO_8859_1)
                                .replace('\0', ' ');
                    } catch (IOException e) {
                        return process.info().commandLine().orElse("");
                    }
                })
                .reduce("", (all, one) -> all + one + "\n");
    }

    private static List<String> filesBelow(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            List<String> texts = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                texts.add(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
            return texts;
        }
    }

    @Test
    void interruptedBackupLeavesNothingThatIsListed() throws Exception {
        try (TestDatabase database = TestDatabase.postgres()) {
            database.execute("create table t as select n as id from generate_series(1, 200000) n");
            Wellhead wellhead = Wellhead.in(folder)
                    .with("WELLHEAD_URL", database.url())
                    .with("WELLHEAD_USER", database.user())
                    .with("WELLHEAD_PASSWORD", database.password())
                    .with("WELLHEAD_STORE", "store");
            Process running = wellhead.start("backup", "create", "--rate", "1kB");
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> Files.isDirectory(folder.resolve("store")));

            running.destroy();

            assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(running.exitValue()).isNotZero();
            assertThat(wellhead.run("backup", "list").out()).isEqualTo("no backups\n");
        }
    }

    @Test
    void pseudoTerminalShowsProgressAndColours() throws Exception {
        Wellhead wellhead = Wellhead.in(folder)
                .with("WELLHEAD_REDIS", "redis://127.0.0.1:1")
                .with("TERM", "xterm");

        Outcome seen = onTerminal(wellhead, "", "wait", "--timeout", "1s");
        Outcome piped = wellhead.process("wait", "--timeout", "1s");

        assertThat(seen.out()).contains("\r\u001b[Kwaiting for Redis");
        assertThat(seen.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(piped.all()).doesNotContain("\u001b", "\r");
    }

    @Test
    void whatIsShownFitsTheTerminalThoughTheShellHandsOnNoWidth() throws Exception {
        Files.createDirectories(folder.resolve("migrations"));
        Files.writeString(
                folder.resolve("migrations/001_a_table_for_everybody_who_has_ever_bought_anything_from_us.sql"),
                "create table users (id integer primary key);\n");
        // Were there none, a line would say so, with its path.
        Files.createFile(folder.resolve("app.db"));
        Wellhead wellhead =
                Wellhead.in(folder).with("WELLHEAD_URL", "sqlite:app.db").with("TERM", "xterm");

        Outcome narrow = onTerminal(wellhead, "stty cols 70; ", "migrate", "plan");
        Outcome told = onTerminal(wellhead.with("COLUMNS", "80"), "stty cols 70; ", "migrate", "plan");

        assertThat(narrow.code()).as(narrow.all()).isZero();
        assertThat(TerminalScreen.of(narrow.out()).columns()).as(narrow.out()).isBetween(60, 70);
        assertThat(TerminalScreen.of(told.out()).columns()).as(told.out()).isBetween(71, 80);
    }

    private static Outcome onTerminal(Wellhead wellhead, String before, String... arguments) {
        Assumptions.assumeTrue(
                Programs.find(List.of("script")).isPresent(), "no program 'script' to make a terminal with");
        return Wellhead.outcome(
                wellhead.start(List.of("script", "-qec", before + Wellhead.line(arguments), "/dev/null")));
    }
}
