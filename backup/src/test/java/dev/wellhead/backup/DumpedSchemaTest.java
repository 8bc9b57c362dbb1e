package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant: a schema that a client program tells comes back whole, of the snapshot of the rows, and without any program; a
 * program that is too old, fails, hangs or ends too early leaves no backup, no file and no process behind.
 */
class DumpedSchemaTest {
    @TempDir
    Path folder;

    private Path store;
    private TestDatabase source;

    @BeforeEach
    void open() {
        store = folder.resolve("store");
        source = TestDatabase.postgres();
    }

    @AfterEach
    void close() {
        PostgresServer.shared().administrate("drop database if exists restored_" + source.name() + " with (force)");
        source.close();
    }

    private DirectDataSource direct() {
        return DirectDataSource.of(source.url(), source.user(), source.password());
    }

    private Backups backups(ClientPrograms programs) {
        return Backups.builder(Database.postgres(direct(), programs), BackupStore.directory(store))
                .workers(2)
                .build();
    }

    private FakeProgram fake(String script) throws IOException {
        return FakeProgram.write(folder.resolve("bin"), "pg_dump", FakeProgram.ofMajor(99, script));
    }

    private int serverMajor() {
        return Integer.parseInt(String.valueOf(source.queryOne("show server_version_num"))) / 10_000;
    }

    private List<String> inStore() throws IOException {
        try (Stream<Path> files = Files.walk(store)) {
            return files.filter(file -> !file.equals(store))
                    .map(file -> store.relativize(file).toString())
                    .toList();
        }
    }

    @Test
    void programThatIsOlderThanTheServerIsRefusedBeforeAnyFileIsMade() throws IOException {
        FakeProgram old = FakeProgram.write(
                folder.resolve("bin"),
                "pg_dump",
                FakeProgram.ofMajor(serverMajor() - 1, "echo dumped > \"$HERE/ran\""));
        Backups backups = backups(old.programs());

        assertThatThrownBy(backups::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-009"))
                .hasMessageContaining("is of PostgreSQL " + (serverMajor() - 1))
                .hasMessageContaining("the server is PostgreSQL " + serverMajor());

        assertThat(old.read("arguments")).isEqualTo("--version\n");
        assertThat(inStore()).isEmpty();
    }

    @Test
    void programThatIsNotThereIsNamedWithItsFolder() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Backups backups = backups(ClientPrograms.at(empty));

        assertThatThrownBy(backups::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-009"))
                .hasMessageContaining("no program pg_dump in folder " + empty.toAbsolutePath());

        assertThat(inStore()).isEmpty();
    }

    @Test
    void programThatTellsNoVersionIsNotUsed() throws IOException {
        FakeProgram odd = FakeProgram.write(folder.resolve("bin"), "pg_dump", "echo hello; exit 0");
        Backups backups = backups(odd.programs());

        assertThatThrownBy(backups::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-001"))
                .hasMessageContaining("said 'hello', which is no version");

        assertThat(inStore()).isEmpty();
    }

    @Test
    void programThatFailsFailsTheRunInItsOwnWordsWithoutThePassword() throws IOException {
        FakeProgram failing = fake("echo '-- half' ; echo \"pg_dump: error: boom $(cat \"$PGPASSFILE\")\" >&2; exit 3");
        Backups backups = backups(failing.programs());

        Throwable refused = catchThrowable(backups::create);

        assertThat(refused)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-001"))
                .hasMessageContaining("ended with status 3: pg_dump: error: boom *:*:*:*:***")
                .hasStackTraceContaining("boom")
                .hasMessageNotContaining(source.password());
        assertThat(source.password()).startsWith("canary-");
        assertThat(inStore()).isEmpty();
    }

    @Test
    void passwordGoesByAPrivateFileAlone() throws IOException {
        FakeProgram spy = fake("env > \"$HERE/environment\"; ls -l \"$PGPASSFILE\" > \"$HERE/mode\";"
                + " ls -ld \"$(dirname \"$PGPASSFILE\")\" >> \"$HERE/mode\";"
                + " cat \"$PGPASSFILE\" > \"$HERE/content\"; exit 1");
        Backups backups = backups(spy.programs());

        assertThatThrownBy(backups::create).isInstanceOf(BackupException.class);

        assertThat(spy.read("content")).isEqualTo("*:*:*:*:" + source.password() + "\n");
        assertThat(spy.read("mode")).matches("(?s)-rw-------[^\n]+\ndrwx------[^\n]+\n");
        assertThat(spy.read("arguments")).contains("--section=pre-data").doesNotContain(source.password());
        assertThat(spy.read("environment"))
                .contains("PGDATABASE=" + source.name(), "PGUSER=" + source.user(), "PGHOST=", "PGPORT=")
                .doesNotContain(source.password());
        assertThat(inStore()).isEmpty();
    }

    @Test
    void programsInheritNothingThatTheHostWasToldForItself() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PATH", "/usr/bin",
                "HOME", "/home/app",
                "LC_ALL", "C",
                "DATABASE_URL", "postgresql://app:secret@db/app",
                "PGPASSWORD", "secret",
                "AWS_SECRET_ACCESS_KEY", "secret",
                "MY_PATH", "/x"));

        ClientRun.strip(environment);

        assertThat(environment).containsOnlyKeys("PATH", "HOME", "LC_ALL");
    }

    @Test
    void passwordWithColonsAndBackslashesArrivesAsItIs() throws IOException {
        FakeProgram spy = fake("cat \"$PGPASSFILE\" > \"$HERE/content\"; exit 1");
        String role = "role_" + source.name();
        PostgresServer.shared().administrate("create role " + role + " login superuser password 'a:b\\c'");
        DirectDataSource other = DirectDataSource.of(source.url() + "?user=" + role, "nobody", "a:b\\c");

        Throwable refused = catchThrowable(
                () -> Backups.builder(Database.postgres(other, spy.programs()), BackupStore.directory(store))
                        .build()
                        .create());

        PostgresServer.shared().administrate("drop role " + role);
        assertThat(refused).isInstanceOf(BackupException.class);
        assertThat(spy.read("content")).isEqualTo("*:*:*:*:a\\:b\\\\c\n");
    }

    private Thread runningWith(FakeProgram hanging, AtomicReference<Throwable> refused) {
        Backups backups = backups(hanging.programs());
        Thread runner = new Thread(() -> refused.set(catchThrowable(backups::create)));
        runner.start();
        await().until(() -> hanging.has("pid") && !hanging.read("pid").isBlank());
        return runner;
    }

    @Test
    @Timeout(60)
    void programThatHangsIsEndedWhenTheRunIsInterrupted() throws Exception {
        FakeProgram hanging = fake("sleep 600 & echo $! > \"$HERE/child\"; echo $$ > \"$HERE/pid\"; wait");
        AtomicReference<Throwable> refused = new AtomicReference<>();
        Thread runner = runningWith(hanging, refused);

        runner.interrupt();
        runner.join();

        assertThat(refused.get()).isInstanceOf(BackupException.class).hasMessageContaining("interrupted");
        assertEnded(hanging);
        assertThat(inStore()).isEmpty();
    }

    @Test
    @Timeout(60)
    void programThatHangsIsEndedWhenTheSnapshotIsLost() throws Exception {
        FakeProgram hanging = fake("sleep 600 & echo $! > \"$HERE/child\"; echo $$ > \"$HERE/pid\"; wait");
        AtomicReference<Throwable> refused = new AtomicReference<>();
        Thread runner = runningWith(hanging, refused);

        source.queryOne("select count(pg_terminate_backend(pid)) from pg_stat_activity"
                + " where application_name = 'wellhead-backup' and datname = current_database()");
        runner.join();

        assertThat(refused.get()).isInstanceOf(BackupException.class);
        assertEnded(hanging);
        assertThat(inStore()).isEmpty();
    }

    private static void assertEnded(FakeProgram program) {
        for (String file : List.of("pid", "child")) {
            await().untilAsserted(() -> assertThat(
                            ProcessHandle.of(Long.parseLong(program.read(file).strip()))
                                    .filter(ProcessHandle::isAlive))
                    .as(file)
                    .isEmpty());
        }
    }

    @Test
    void scriptThatEndsTooEarlyIsNoBackup() throws IOException {
        FakeProgram truncating = fake("echo 'SET a = 1;'; exit 0");
        Backups backups = backups(truncating.programs());

        assertThatThrownBy(backups::create)
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("the pre-data that it wrote has no end");

        assertThat(inStore()).isEmpty();
    }

    @Test
    void scriptWithCommandsForPsqlIsNoBackup() throws IOException {
        FakeProgram odd =
                fake("printf '%s\\n' '\\connect elsewhere'; echo '-- PostgreSQL database dump complete'; exit 0");
        Backups backups = backups(odd.programs());

        assertThatThrownBy(backups::create)
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("\\connect, a command that only psql knows");

        assertThat(inStore()).isEmpty();
    }
}
