package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.backup.BackupInfo.State;
import dev.wellhead.testkit.ChildJvm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** At any moment one runner at most, in all processes, makes a backup of an SQLite database. */
class RunnerLockFileTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path temporary;

    private Path folder;
    private Path database;
    private Path lockFile;
    private Path store;

    @BeforeEach
    void fill() throws IOException, SQLException {
        folder = temporary.toRealPath();
        database = folder.resolve("app.db");
        lockFile = folder.resolve("app.db.backup.lock");
        store = folder.resolve("store");
        SqliteClient.execute(database, "create table note (body text)", "insert into note values ('kept')");
    }

    private Backups backups(Path file) {
        return Backups.builder(Database.sqlite(file), BackupStore.directory(store))
                .build();
    }

    @Test
    void runnerInAnotherProcessKeepsOthersOutUntilItIsKilled() throws IOException {
        Path otherWay = Files.createSymbolicLink(folder.resolve("other-way.db"), database);
        try (ChildJvm first =
                ChildJvm.start(StallingBackup.class, "jdbc:sqlite:" + database, "", "", store.toString(), "3")) {
            first.awaitLine(StallingBackup.STALLED, PATIENCE);

            for (Path way : new Path[] {database, otherWay}) {
                assertRefused(backups(way), "by process " + first.pid());
            }
            first.kill();
        }

        backups(otherWay).create();

        assertThat(backups(database).list()).extracting(BackupInfo::state).containsExactly(State.COMPLETE);
    }

    @Test
    void threadThatIsRefusedDoesNotFreeTheLockOfAnotherOne() throws IOException {
        try (RunnerLockFile held = RunnerLockFile.acquire(database)) {
            assertRefused(backups(database), "by another thread of this process");

            assertThat(probe())
                    .contains("refused with WH-BACKUP-002")
                    .contains("by process " + ProcessHandle.current().pid());
            assertThat(held.isHeld()).isTrue();
        }
        assertThat(probe()).contains("the lock was free");
    }

    // Two applications in one process know each other's locks, but not each other's classes.
    @Test
    void lockOfAnotherApplicationInThisProcessIsFoundAndStaysHeld() throws IOException {
        try (FileChannel theirs = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                FileLock lock = theirs.lock()) {
            assertRefused(backups(database), "by another application in this process");
            assertRefused(backups(database), "by another application in this process");

            assertThat(probe()).contains("refused with WH-BACKUP-002");
            assertThat(lock.isValid()).isTrue();
        }

        backups(database).create();

        assertThat(probe()).contains("the lock was free");
    }

    @Test
    void lockFileIsPrivateAndStays() throws IOException {
        backups(database).create();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lockFile)))
                .isEqualTo("rw-------");
        assertThat(lockFile)
                .content()
                .startsWith("process " + ProcessHandle.current().pid());
    }

    @Test
    void linkInThePlaceOfTheLockFileIsNotFollowed() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "untouched");
        Files.createSymbolicLink(lockFile, precious);

        assertThatThrownBy(backups(database)::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-001"))
                .hasMessageContaining(lockFile.toString());
        assertThat(precious).hasContent("untouched");
    }

    @Test
    void backupWhoseLockFileIsRemovedMeanwhileIsNotMade() throws IOException {
        Backups backups = Backups.builder(Database.sqlite(database), BackupStore.directory(store))
                .listener(new BackupListener() {
                    @Override
                    public void moved(String id, State state, String detail) {
                        assertThat(lockFile.toFile().delete()).isEqualTo(state == State.RUNNING);
                    }
                })
                .build();

        assertThatThrownBy(backups::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-001"))
                .hasMessageContaining("lock against other runners was lost");
        assertThat(backups.list()).isEmpty();
    }

    @Test
    void databaseInAFolderThatCannotBeWrittenIsLockedInTheFolderForTemporaryFiles() throws IOException {
        // A folder that is not there, since to root all others can be written.
        Path readOnly = folder.resolve("nowhere").resolve("app.db");

        Path place = RunnerLockFile.place(readOnly);

        assertThat(place)
                .hasParentRaw(Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath());
        try (RunnerLockFile held = RunnerLockFile.acquire(readOnly)) {
            assertThat(held.isHeld()).isTrue();
            assertThatThrownBy(() -> RunnerLockFile.acquire(readOnly)).hasMessageContaining(place.toString());
        } finally {
            Files.delete(place);
        }
    }

    private static void assertRefused(Backups backups, String by) {
        assertThatThrownBy(backups::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-002"))
                .hasMessageContaining(by)
                .hasMessageContaining("app.db.backup.lock");
        assertThat(backups.list()).isEmpty();
    }

    private String probe() {
        try (ChildJvm child = ChildJvm.start(RunnerLockProbe.class, database.toString())) {
            child.awaitExit(PATIENCE);
            return child.output();
        }
    }
}
