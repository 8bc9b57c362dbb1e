package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant: a process that is killed while it makes a backup leaves it whole or not at all, wherever that was; what it leaves
 * besides belongs to it while it lives, and is removed by whoever makes the next one.
 */
abstract class CrashContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private BackupSubject subject;
    private Path store;
    private Backups backups;

    abstract BackupSubject open(Path targets);

    @BeforeEach
    void fill() {
        subject = open(folder.resolve("targets"));
        store = folder.resolve("store");
        backups = Backups.builder(subject.database(), BackupStore.directory(store))
                .workers(1)
                .build();
    }

    @AfterEach
    void close() throws IOException {
        subject.close();
    }

    @Test
    void processKilledAtTheTurningPointsLeavesNothingHalf() throws IOException {
        int operations = operations();

        // Behind the sweep and the folder's creation, in the middle, before and behind the publication.
        for (int at : List.of(3, operations / 2, operations - 2, operations - 1)) {
            assertKilledAt(at, false);
        }
    }

    @Tag("thorough")
    @Test
    void processKilledAnywhereLeavesNothingHalf() throws IOException {
        int operations = operations();
        assertThat(operations).isGreaterThan(10);

        for (int at : IntStream.range(0, operations).toArray()) {
            assertKilledAt(at, false);
            assertKilledAt(at, true);
        }
        try (ChildJvm child = child(operations, false)) {
            child.awaitLine(StallingBackup.SIGN + "ended", PATIENCE);
        }
    }

    private int operations() throws IOException {
        FaultyStorage counting = new FaultyStorage(new DirectoryStorage(store), new FaultyStorage.Fault() {});
        String id = Backups.builder(subject.database(), new BackupStore(counting))
                .workers(1)
                .build()
                .create()
                .id();
        new DirectoryStorage(store).delete(id);
        return counting.operations();
    }

    private ChildJvm child(int at, boolean inTheMiddle) {
        List<String> arguments = new ArrayList<>(List.of(
                subject.source().url(),
                subject.source().user(),
                subject.source().password(),
                store.toString(),
                String.valueOf(at)));
        if (inTheMiddle) {
            arguments.add("in the middle");
        }
        return ChildJvm.start(StallingBackup.class, arguments.toArray(String[]::new));
    }

    private void assertKilledAt(int at, boolean inTheMiddle) throws IOException {
        List<BackupInfo> listed;
        try (ChildJvm child = child(at, inTheMiddle)) {
            child.awaitLine(StallingBackup.STALLED, PATIENCE);
            listed = backups.list();
            List<String> alive = BackupsContract.entries(store);
            new DirectoryStorage(store).sweep();
            assertThat(BackupsContract.entries(store))
                    .as("what a living process has, at %s", at)
                    .isEqualTo(alive);
            child.kill();
        }

        assertThat(backups.list()).extracting(BackupInfo::id).containsExactlyElementsOf(ids(listed));
        String next = createWhenTheOtherIsGone();
        assertThat(BackupsContract.entries(store)).as("at %s", at).noneMatch(name -> name.startsWith("."));
        for (BackupInfo left : backups.list()) {
            assertThat(backups.verify(left.id()).verified()).as("at %s", at).isTrue();
            new DirectoryStorage(store).delete(left.id());
        }
        assertThat(listed).as("at %s", at).hasSizeLessThanOrEqualTo(1);
        assertThat(ids(listed)).doesNotContain(next);
    }

    private static List<String> ids(List<BackupInfo> backups) {
        return backups.stream().map(BackupInfo::id).toList();
    }

    // The server notices the death of a client only when it next speaks to it.
    private String createWhenTheOtherIsGone() {
        List<String> made = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            try {
                made.add(backups.create().id());
                return true;
            } catch (BackupException e) {
                assertThat(e.code()).isEqualTo("WH-BACKUP-002");
                return false;
            }
        });
        return made.get(0);
    }
}
