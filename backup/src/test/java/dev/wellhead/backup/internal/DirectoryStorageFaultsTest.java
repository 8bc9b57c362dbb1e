package dev.wellhead.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wellhead.backup.internal.FaultyFiles.How;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant: whichever operation of the file system fails, a backup is there whole or not at all, nothing that was there is lost,
 * and one sweep later nothing else is left.
 */
class DirectoryStorageFaultsTest {
    private static final byte[] CONTENT = "content of a file".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER = "other content of a file".getBytes(StandardCharsets.UTF_8);
    private static final String ID = BackupIds.next(List.of(), Instant.EPOCH);

    @TempDir
    Path folder;

    @FunctionalInterface
    private interface Use {
        void of(DirectoryStorage storage) throws IOException;
    }

    @FunctionalInterface
    private interface Check {
        /** @param failed what could not be done; empty if all went well */
        void of(DirectoryStorage storage, String failed) throws IOException;
    }

    /** Does the same in a new store for each operation and way to fail; returns how many operations there are. */
    private int atEachOperation(Use before, Use use, Check check) throws IOException {
        for (int operation = 0; true; operation++) {
            boolean isWrite = true;
            for (How how : List.of(How.BEFORE, How.AFTER, How.TORN)) {
                if (how == How.TORN && !isWrite) {
                    continue;
                }
                Path root = folder.resolve(how + "-" + operation);
                DirectoryStorage good = new DirectoryStorage(root);
                before.of(good);
                FaultyFiles files = new FaultyFiles(root, operation, how);

                Throwable failure = catchThrowable(() -> use.of(new DirectoryStorage(files.of(root))));

                isWrite = files.failed().equals(FaultyFiles.WRITE);
                String what = how + " " + files.failed();
                if (failure != null) {
                    assertThat(failure).as(what).isInstanceOf(IOException.class).hasMessage(FaultyFiles.MESSAGE);
                }
                check.of(good, failure == null ? "" : what);
                good.sweep();
                assertThat(entries(root)).as(what).isSubsetOf(ID);
                if (files.failed().isEmpty()) {
                    assertThat(failure).isNull();
                    return operation;
                }
            }
        }
    }

    @Test
    void backupIsPublishedWholeOrNotAtAll() throws IOException {
        int operations = atEachOperation(storage -> {}, DirectoryStorageFaultsTest::publish, (storage, failed) -> {
            if (failed.isEmpty()) {
                assertThat(storage.ids()).containsExactly(ID);
            }
            if (!storage.ids().isEmpty()) {
                // Only who cannot know it: the renaming was done and said that it was not, or tidying up
                // behind it failed.
                assertThat(failed).doesNotContain("sync");
                assertWhole(storage);
            }
            storage.sweep();
            if (storage.ids().isEmpty()) {
                publish(storage);
            }
            assertWhole(storage);
        });

        assertThat(operations).isGreaterThan(20);
    }

    @Test
    void annotationIsTheOldOrTheNewOne() throws IOException {
        Use annotated = storage -> {
            publish(storage);
            storage.annotate(ID, Verdict.FILE, CONTENT);
        };

        int operations =
                atEachOperation(annotated, storage -> storage.annotate(ID, Verdict.FILE, OTHER), (storage, failed) -> {
                    assertThat(storage.read(ID, Verdict.FILE, 100)).as(failed).isIn(CONTENT, OTHER);
                    assertWhole(storage);
                    storage.annotate(ID, Verdict.FILE, OTHER);
                    assertThat(storage.read(ID, Verdict.FILE, 100)).isEqualTo(OTHER);
                });

        assertThat(operations).isGreaterThan(4);
    }

    @Test
    void deletedBackupIsGoneOrWhole() throws IOException {
        int operations = atEachOperation(
                DirectoryStorageFaultsTest::publish, storage -> storage.delete(ID), (storage, failed) -> {
                    if (storage.ids().isEmpty()) {
                        assertThat(storage.ids()).isEmpty();
                    } else {
                        assertThat(failed).isNotEmpty();
                        assertWhole(storage);
                    }
                });

        assertThat(operations).isGreaterThan(6);
    }

    @Test
    void workspaceLeavesNothing() throws IOException {
        int operations = atEachOperation(
                storage -> {},
                storage -> {
                    try (LeasedDirectory work = storage.workspace()) {
                        Files.write(work.path().resolve("file"), CONTENT);
                    }
                },
                (storage, failed) -> {});

        assertThat(operations).isGreaterThan(8);
    }

    @Test
    void sweepThatFailsIsCompletedByTheNext() throws IOException {
        Use leftovers = storage -> {
            publish(storage);
            Path root = Path.of(storage.toString());
            for (String name : List.of(".partial-x", ".work-x")) {
                Files.createDirectory(root.resolve(name));
                Files.write(root.resolve(name).resolve("file"), CONTENT);
                Files.createFile(root.resolve(".lease" + name));
            }
        };

        int operations = atEachOperation(leftovers, DirectoryStorage::sweep, (storage, failed) -> assertWhole(storage));

        assertThat(operations).isGreaterThan(10);
    }

    private static void publish(Storage storage) throws IOException {
        storage.sweep();
        try (Storage.Draft draft = storage.begin(ID)) {
            try (OutputStream out = draft.create("a.gz")) {
                out.write(CONTENT);
            }
            draft.publish(CONTENT);
        }
    }

    private static void assertWhole(Storage storage) throws IOException {
        assertThat(storage.ids()).containsExactly(ID);
        assertThat(storage.read(ID, Manifest.FILE, 100)).isEqualTo(CONTENT);
        try (InputStream part = storage.open(ID, "a.gz")) {
            assertThat(part.readAllBytes()).isEqualTo(CONTENT);
        }
    }

    private static List<String> entries(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
