package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wellhead.backup.BackupInfo.State;
import dev.wellhead.backup.InjectedFault.How;
import dev.wellhead.backup.internal.DirectoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant: whichever operation of the store fails, and however, no half backup is listed, no half restore stays, nothing is
 * left lying about, no good backup is called bad, and the next attempt goes well.
 */
abstract class StoreFaultsContract {
    private static final String BODIES = "null,,three,four";

    @TempDir
    Path folder;

    private BackupSubject subject;
    private Path store;
    private Backups good;

    abstract BackupSubject open(Path targets);

    /** How many operations a backup, and a restore, have at least; it must not be that most are missed. */
    abstract int operationsAtLeast();

    /** Every how many operations the ordinary build tries a fault; all of them are for the thorough one. */
    abstract int stride();

    @BeforeEach
    void fill() {
        subject = open(folder.resolve("targets"));
        store = folder.resolve("store");
        good = on(new BackupStore(new DirectoryStorage(store)));
    }

    @AfterEach
    void close() throws IOException {
        subject.close();
    }

    private Backups on(BackupStore where) {
        return Backups.builder(subject.database(), where).workers(1).build();
    }

    private Backups failing(InjectedFault fault) {
        return on(new BackupStore(new FaultyStorage(new DirectoryStorage(store), fault)));
    }

    @FunctionalInterface
    private interface Trial {
        void run(InjectedFault fault) throws IOException, SQLException;
    }

    /** Returns how many operations there were. */
    private int atEachOperation(boolean everyWay, Trial trial) throws IOException, SQLException {
        How[] hows = How.values();
        for (int operation = 0, turn = 0; true; operation += everyWay ? 1 : stride(), turn++) {
            // One way for each, another one for its neighbours.
            How one = hows[(turn + turn / hows.length) % hows.length];
            for (How how : everyWay ? List.of(hows) : List.of(one)) {
                InjectedFault fault = new InjectedFault(operation, how);
                trial.run(fault);
                if (!fault.isReached()) {
                    return operation;
                }
            }
        }
    }

    @Test
    void faultAtAnyOperationOfABackupLeavesItWholeOrNotAtAll() throws IOException, SQLException {
        int operations = atEachOperation(false, this::create);

        assertThat(operations).isGreaterThanOrEqualTo(operationsAtLeast());
    }

    @Test
    void faultAtAnyOperationOfAVerificationLeavesTheBackupGood() throws IOException, SQLException {
        String id = good.create().id();

        int operations = atEachOperation(false, fault -> verify(id, fault));

        assertThat(operations).isGreaterThanOrEqualTo(operationsAtLeast());
    }

    @Test
    void faultAtAnyOperationOfARestoreLeavesAllOfItOrNothing() throws IOException, SQLException {
        String id = good.create().id();

        int operations = atEachOperation(false, fault -> restore(id, fault));

        assertThat(operations).isGreaterThanOrEqualTo(operationsAtLeast());
    }

    @Tag("thorough")
    @Test
    void anyFaultAtAnyOperationIsSurvived() throws IOException, SQLException {
        atEachOperation(true, this::create);
        String id = good.create().id();
        atEachOperation(true, fault -> verify(id, fault));
        atEachOperation(true, fault -> restore(id, fault));

        assertThat(good.list()).extracting(BackupInfo::id).containsExactly(id);
    }

    private void create(InjectedFault fault) throws IOException, SQLException {
        List<BackupInfo> before = good.list();

        Throwable failure = catchThrowable(failing(fault)::create);

        if (failure == null) {
            assertThat(good.list()).as("%s", fault).hasSize(before.size() + 1);
        } else {
            assertThat(failure)
                    .as("%s", fault)
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.code()).isIn("WH-BACKUP-001", "WH-BACKUP-010"))
                    .hasRootCauseMessage(InjectedFault.MESSAGE);
        }
        if (Files.exists(store)) {
            assertThat(BackupsContract.entries(store)).as("%s", fault).noneMatch(name -> name.startsWith("."));
        }
        for (BackupInfo made : good.list()) {
            // Bytes that the store has lost without a word are for a verification to find.
            assertThat(good.verify(made.id()).verified()).as("%s", fault).isEqualTo(!fault.hasCut());
            new DirectoryStorage(store).delete(made.id());
        }
        String next = good.create().id();
        assertThat(good.list()).as("%s", fault).extracting(BackupInfo::id).containsExactly(next);
        new DirectoryStorage(store).delete(next);
    }

    private void verify(String id, InjectedFault fault) throws IOException, SQLException {
        Throwable failure = catchThrowable(() -> failing(fault).verify(id));

        if (failure != null) {
            assertThat(failure)
                    .as("%s", fault)
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.code()).isIn("WH-BACKUP-010", "WH-BACKUP-012"))
                    .hasRootCauseMessage(InjectedFault.MESSAGE);
        }
        assertSettled(id, fault);
    }

    private void restore(String id, InjectedFault fault) throws IOException, SQLException {
        RestoreTarget target = subject.freshTarget();

        Throwable failure = catchThrowable(() -> failing(fault).restore(id, target));

        if (failure == null) {
            assertThat(subject.bodies(target)).as("%s", fault).isEqualTo(BODIES);
            subject.remove(target);
        } else {
            assertThat(failure)
                    .as("%s", fault)
                    .isInstanceOfSatisfying(
                            BackupException.class,
                            e -> assertThat(e.code()).isIn("WH-BACKUP-004", "WH-BACKUP-006", "WH-BACKUP-010"));
        }
        assertSettled(id, fault);
    }

    /** Asserts that only what was read short makes a backup suspect, and no longer than until it is read whole. */
    private void assertSettled(String id, InjectedFault fault) throws IOException, SQLException {
        assertThat(subject.remains()).as("%s", fault).isEmpty();
        assertThat(BackupsContract.entries(store)).as("%s", fault).containsExactly(id);
        State state = good.list().get(0).state();
        assertThat(state != State.SUSPECT || fault.hasCut())
                .as("%s: %s", fault, state)
                .isTrue();
        if (state == State.SUSPECT) {
            assertThat(good.verify(id).verified()).as("%s", fault).isTrue();
        }
    }
}
