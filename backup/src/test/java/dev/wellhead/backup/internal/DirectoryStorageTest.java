package dev.wellhead.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryStorageTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private Path root;
    private DirectoryStorage storage;

    @BeforeEach
    void open() {
        root = folder.resolve("new").resolve("store");
        storage = new DirectoryStorage(root);
    }

    @Test
    void draftIsNotListedUntilItIsPublished() throws IOException {
        String id = BackupIds.next(List.of(), Instant.EPOCH);
        try (Storage.Draft draft = storage.begin(id)) {
            write(draft, "a.gz");

            assertThat(storage.ids()).isEmpty();

            draft.publish(CONTENT);
            assertThat(storage.ids()).containsExactly(id);
        }

        assertThat(storage.ids()).containsExactly(id);
        assertThat(storage.read(id, Manifest.FILE, 100)).isEqualTo(CONTENT);
        assertThat(entries(root)).containsExactly(id);
    }

    @Test
    void draftThatIsGivenUpLeavesNothing() throws IOException {
        try (Storage.Draft draft = storage.begin(BackupIds.next(List.of(), Instant.EPOCH))) {
            write(draft, "a.gz");
        }

        assertThat(entries(root)).isEmpty();
    }

    @Test
    void filesAre0600AndFolders0700WhateverTheUmask() throws IOException {
        String id = published();
        storage.annotate(id, Verdict.FILE, CONTENT);

        try (Stream<Path> all = Files.walk(root)) {
            assertThat(all)
                    .isNotEmpty()
                    .allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void draftOfThisProcessIsNotSweptButLeftoversAre() throws IOException {
        String id = BackupIds.next(List.of(), Instant.EPOCH);
        try (Storage.Draft draft = storage.begin(id)) {
            write(draft, "a.gz");
            Path leftover = root.resolve(".partial-" + BackupIds.next(List.of(), Instant.EPOCH));
            Files.createDirectories(leftover.resolve("parts"));
            Files.createFile(leftover.resolve("parts").resolve("b.gz"));
            Files.createDirectory(root.resolve(".deleted-" + id));

            storage.sweep();
            storage.sweep();

            assertThat(entries(root)).containsExactly(".lease.partial-" + id, ".partial-" + id);
            draft.publish(CONTENT);
        }
        assertThat(storage.ids()).containsExactly(id);
    }

    // A process that dies after the renaming which publishes leaves its lease alone behind.
    @Test
    void leaseWithoutAFolderIsSwept() throws IOException {
        String id = published();
        Files.createFile(root.resolve(".lease.partial-" + id));

        storage.sweep();

        assertThat(entries(root)).containsExactly(id);
        assertThat(storage.ids()).containsExactly(id);
    }

    @Test
    void deletedBackupIsGone() throws IOException {
        String id = published();

        storage.delete(id);

        assertThat(storage.ids()).isEmpty();
        assertThat(entries(root)).isEmpty();
        assertThatThrownBy(() -> storage.delete(id)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void annotationReplacesTheOneBefore() throws IOException {
        String id = published();

        storage.annotate(id, Verdict.FILE, new byte[3]);
        storage.annotate(id, Verdict.FILE, CONTENT);

        assertThat(storage.read(id, Verdict.FILE, 100)).isEqualTo(CONTENT);
        assertThat(entries(root.resolve(id))).containsExactly(Manifest.FILE, "parts", Verdict.FILE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                ".",
                "",
                "/etc/passwd",
                "../x",
                "a/b",
                ".hidden",
                "A",
                "00000001-20260102T030405Z-0badcafe/.."
            })
    void namesThatLeadElsewhereAreRefused(String name) throws IOException {
        String id = published();

        assertThatThrownBy(() -> storage.open(id, name)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> storage.read(id, name, 10)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> storage.annotate(id, name, CONTENT)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> storage.open(name, "a.gz")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.delete(name)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.begin(name)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void linkInPlaceOfTheStoreIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createDirectory(root.getParent());
        Files.createSymbolicLink(root, elsewhere);

        assertThatThrownBy(() -> storage.ids()).isInstanceOf(NotDirectoryException.class);
        assertThatThrownBy(() -> storage.begin(BackupIds.next(List.of(), Instant.EPOCH)))
                .isInstanceOf(NotDirectoryException.class);
        assertThat(entries(elsewhere)).isEmpty();
    }

    @Test
    void linkInPlaceOfABackupIsNotListed() throws IOException {
        String id = published();
        Path moved = folder.resolve("moved");
        Files.move(root.resolve(id), moved);
        Files.createSymbolicLink(root.resolve(id), moved);

        assertThat(storage.ids()).isEmpty();
        assertThatThrownBy(() -> storage.read(id, Manifest.FILE, 100)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void linkInPlaceOfAPartIsDamage() throws IOException {
        String id = published();
        Path part = root.resolve(id).resolve("parts").resolve("a.gz");
        Path moved = folder.resolve("moved");
        Files.move(part, moved);
        Files.createSymbolicLink(part, moved);

        assertThatThrownBy(() -> storage.open(id, "a.gz"))
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining("no plain file");
    }

    @Test
    void linkPlantedWhereAFileIsToBeMadeIsRefused() throws IOException {
        Path victim = Files.write(folder.resolve("victim"), CONTENT);
        Files.createDirectories(root);
        Path planted = root.resolve("planted");
        Files.createSymbolicLink(planted, victim);

        assertThatThrownBy(() -> PrivateFiles.create(planted)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(victim).hasBinaryContent(CONTENT);
    }

    @Test
    void directoryThatEverybodyMayWriteToIsRefused() throws IOException {
        Files.createDirectories(root);
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> storage.ids())
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("chmod o-w");
    }

    @Test
    void fileLargerThanItsLimitIsDamage() throws IOException {
        String id = published();

        assertThatThrownBy(() -> storage.read(id, Manifest.FILE, CONTENT.length - 1))
                .isInstanceOf(DamagedException.class);
    }

    @Test
    void idsSortAsTheyWereMadeEvenIfTheClockGoesBack() {
        String first = BackupIds.next(List.of(), Instant.parse("2026-06-01T00:00:00Z"));
        String second = BackupIds.next(List.of(first), Instant.parse("2020-01-01T00:00:00Z"));

        assertThat(second).isGreaterThan(first);
        assertThat(BackupIds.time(first)).isEqualTo(Instant.parse("2026-06-01T00:00:00Z"));
        assertThat(BackupIds.time("00000001-99999999T999999Z-00000000")).isEqualTo(Instant.EPOCH);
    }

    private String published() throws IOException {
        String id = BackupIds.next(storage.ids(), Instant.EPOCH);
        try (Storage.Draft draft = storage.begin(id)) {
            write(draft, "a.gz");
            draft.publish(CONTENT);
        }
        try (InputStream part = storage.open(id, "a.gz")) {
            assertThat(part.readAllBytes()).isEqualTo(CONTENT);
        }
        return id;
    }

    private static void write(Storage.Draft draft, String part) throws IOException {
        try (OutputStream out = draft.create(part)) {
            out.write(CONTENT);
        }
    }

    private static List<String> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
