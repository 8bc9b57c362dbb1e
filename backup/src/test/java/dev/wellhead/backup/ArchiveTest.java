package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.wellhead.backup.BackupInfo.State;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Invariant: an archive of which a program says that it was not written is no backup, and one of which it says that it cannot
 * be read, or that comes to something else, is never good; the programs here do as a test wants. What the real ones do is in
 * {@link InstalledProgramsTest}.
 */
class ArchiveTest {
    private static final String WRITES =
            "for a in \"$@\"; do case $a in --file=*) printf 'PGDMP and so on' > \"${a#--file=}\";; esac; done";

    @TempDir
    Path folder;

    private Path bin;
    private Path store;
    private TestDatabase source;

    @BeforeEach
    void open() {
        bin = folder.resolve("bin");
        store = folder.resolve("store");
        source = TestDatabase.postgres();
    }

    @AfterEach
    void close() {
        source.close();
    }

    private DirectDataSource direct() {
        return DirectDataSource.of(source.url(), source.user(), source.password());
    }

    private Backups backups() {
        return Backups.builder(Database.postgresArchive(direct(), ClientPrograms.at(bin)), BackupStore.directory(store))
                .workers(2)
                .build();
    }

    private FakeProgram dumping(String script) throws IOException {
        return FakeProgram.write(bin, "pg_dump", FakeProgram.ofMajor(99, script));
    }

    private FakeProgram restoring(int major, String script) throws IOException {
        return FakeProgram.write(bin, "pg_restore", FakeProgram.ofMajor(major, script));
    }

    private List<String> inStore() throws IOException {
        try (Stream<Path> files = Files.walk(store)) {
            return files.filter(file -> !file.equals(store))
                    .map(file -> store.relativize(file).toString())
                    .toList();
        }
    }

    private State state() {
        return backups().list().get(0).state();
    }

    private String databases() {
        return String.valueOf(source.queryOne("select string_agg(datname, ' ' order by 1) from pg_database"));
    }

    @Test
    void programThatIsOlderThanTheServerIsRefusedBeforeAnyFileIsMade() throws IOException {
        FakeProgram old = FakeProgram.write(bin, "pg_dump", FakeProgram.ofMajor(12, WRITES));
        Backups backups = backups();

        assertThatThrownBy(backups::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-009"))
                .hasMessageContaining("pg_dump is of PostgreSQL 12, and the server is PostgreSQL ");

        assertThat(old.read("arguments")).isEqualTo("--version\n");
        assertThat(inStore()).isEmpty();
    }

    @Test
    void programThatFailsBehindAWholeFileLeavesNoBackup() throws IOException {
        dumping(WRITES + "; echo 'pg_dump: error: gone' >&2; exit 3");
        Backups backups = backups();

        assertThatThrownBy(backups::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-001"))
                .hasMessageContaining("pg_dump ended with status 3: pg_dump: error: gone");

        assertThat(inStore()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"exit 0", "printf 'PGD' > \"${3#--file=}\"; exit 0"})
    void fileThatIsNoArchiveIsNoBackupWhateverTheStatus(String script) throws IOException {
        dumping(script);
        Backups backups = backups();

        assertThatThrownBy(backups::create)
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("ended with status 0, but what it wrote is no archive");

        assertThat(inStore()).isEmpty();
    }

    @Test
    void archiveNeedsAProgramThatIsNotOlderThanTheOneThatWroteIt() throws IOException {
        dumping(WRITES);
        FakeProgram old = restoring(98, "exit 0");
        Backups backups = backups();
        String id = backups.create().id();
        String before = databases();

        assertThatThrownBy(() -> backups.restore(id, RestoreTarget.newDatabase("never_" + source.name())))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-009"))
                .hasMessageContaining("is of PostgreSQL 98, and the backup was made with pg_dump 99");

        assertThat(old.read("arguments")).doesNotContain("--exit-on-error");
        assertThat(databases()).isEqualTo(before);
    }

    @Test
    void withoutProgramsAnArchiveIsRefusedWithWhatItNeeds() throws IOException {
        dumping(WRITES);
        String id = backups().create().id();
        Backups without = Backups.builder(Database.postgres(direct()), BackupStore.directory(store))
                .build();

        assertThatThrownBy(() -> without.verify(id))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-009"))
                .hasMessageContaining("is an archive of pg_dump 99, which only pg_restore can read");

        assertThat(state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void archiveThatTheProgramCannotReadIsSuspectInItsWords() throws IOException {
        dumping(WRITES);
        restoring(99, "echo 'pg_restore: error: could not find header' >&2; exit 1");
        Backups backups = backups();
        String before = databases();

        VerifyReport report = backups.verify(backups.create().id());

        assertThat(report.problems())
                .singleElement()
                .asString()
                .contains("pg_restore ended with status 1: pg_restore: error: could not find header");
        assertThat(state()).isEqualTo(State.SUSPECT);
        assertThat(databases()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "could not extend file \"base/1/2\": No space left on device",
                "server closed the connection unexpectedly",
                "FATAL:  sorry, too many clients already",
                "could not execute query: ERROR:  deadlock detected",
                "permission denied to create extension \"hstore\"",
                "terminating connection due to administrator command"
            })
    void failureThatSaysNothingOfTheArchiveIsNoVerdict(String words) throws IOException {
        dumping(WRITES);
        restoring(99, "echo 'pg_restore: error: " + words + "' >&2; exit 1");
        Backups backups = backups();
        String id = backups.create().id();

        assertThatThrownBy(() -> backups.verify(id))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-012"))
                .hasMessageContaining(words);

        assertThat(state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void archiveThatBringsNothingIsSuspectThoughTheProgramIsContent() throws IOException {
        source.execute("create table t (a integer)", "insert into t values (1)");
        dumping(WRITES);
        restoring(99, "exit 0");
        Backups backups = backups();

        VerifyReport report = backups.verify(backups.create().id());

        assertThat(report.verified()).isFalse();
        assertThat(report.problems()).anySatisfy(problem -> assertThat(problem).contains("table public.t"));
    }

    @Test
    void passwordIsInNoArgument() throws IOException {
        FakeProgram spy = dumping(WRITES);
        restoring(99, "env > \"$HERE/environment\"; cat \"$PGPASSFILE\" > \"$HERE/content\"; exit 0");
        Backups backups = backups();

        backups.verify(backups.create().id());

        assertThat(spy.read("arguments"))
                .contains("--format=custom", "--exit-on-error", "--dbname=dbname='wellhead_scratch")
                .doesNotContain(source.password());
        assertThat(spy.read("environment")).doesNotContain(source.password());
        assertThat(spy.read("content")).isEqualTo("*:*:*:*:" + source.password() + "\n");
    }

    @Test
    @Timeout(60)
    void programThatHangsIsEndedAndItsDatabaseRemovedWhenTheVerificationIsInterrupted() throws Exception {
        dumping(WRITES);
        FakeProgram hanging = restoring(99, "echo $$ > \"$HERE/pid\"; exec sleep 600");
        Backups backups = backups();
        String id = backups.create().id();
        String before = databases();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        Thread runner = new Thread(() -> refused.set(catchThrowable(() -> backups.verify(id))));
        runner.start();
        await().until(() -> hanging.has("pid") && !hanging.read("pid").isBlank());

        runner.interrupt();
        runner.join();

        assertThat(refused.get()).isInstanceOf(BackupException.class).hasMessageContaining("interrupted");
        await().untilAsserted(() -> assertThat(
                        ProcessHandle.of(Long.parseLong(hanging.read("pid").strip()))
                                .filter(ProcessHandle::isAlive))
                .isEmpty());
        assertThat(databases()).isEqualTo(before);
    }
}
