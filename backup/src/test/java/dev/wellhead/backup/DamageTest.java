package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wellhead.backup.BackupInfo.State;
import dev.wellhead.backup.internal.Codec;
import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.backup.internal.Repacking;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.backup.internal.Verdict;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant: whichever byte of whichever file of a backup changes, that is found before anything is made where it is to be
 * restored to; and a damaged verdict takes nothing but the verdict.
 */
class DamageTest {
    private static final KeyRing RING = KeyRing.of("damaged-key", new byte[32]);
    // The magic, the length of the key's name, and the name: changed, it is another key's, which nobody has.
    private static final int KEY_NAME_END = 4 + 1 + "damaged-key".length();

    @TempDir
    Path folder;

    /** A backup in a store, and what it would be restored by and to. */
    private record Subject(Path store, boolean encrypted, Database database, RestoreTarget target, String id) {
        Backups backups() {
            BackupStore plain = BackupStore.directory(store);
            return Backups.builder(database, encrypted ? plain.encrypted(RING) : plain)
                    .build();
        }

        /** Returns the same with a backup of this database in the store. */
        Subject made(BackupSubject source) {
            // More than one block, of what does not pack to little.
            source.source().execute("create table more (a text)", "insert into more values ('" + noise(20_000) + "')");
            String made = new Subject(store, encrypted, source.database(), target, "")
                    .backups()
                    .create()
                    .id();
            return new Subject(store, encrypted, database, target, made);
        }

        private static String noise(int bytes) {
            byte[] noise = new byte[bytes];
            new Random(7).nextBytes(noise);
            return HexFormat.of().formatHex(noise);
        }

        Path file(String name) {
            return store.resolve(id).resolve(name);
        }

        List<Path> files() throws IOException {
            try (Stream<Path> files = Files.walk(store.resolve(id))) {
                return files.filter(Files::isRegularFile).sorted().toList();
            }
        }

        @Override
        public String toString() {
            return store.getFileName().toString();
        }
    }

    @Test
    void everyOneOfAThousandChangesIsFoundBeforeTheTargetIsTouched() throws IOException {
        assertThat(changesThatAreFound(1)).isGreaterThanOrEqualTo(1_000);
    }

    @Tag("thorough")
    @Test
    void everyOneOfTenThousandChangesIsFoundBeforeTheTargetIsTouched() throws IOException {
        assertThat(changesThatAreFound(300)).isGreaterThanOrEqualTo(10_000);
    }

    private int changesThatAreFound(int byChance) throws IOException {
        Random random = new Random(20_260_615);
        int found = 0;
        for (Subject subject : subjects()) {
            assertThat(subject.files()).hasSizeGreaterThanOrEqualTo(3);
            for (Path file : subject.files()) {
                byte[] good = Files.readAllBytes(file);
                for (Damage damage : Damage.of(good, byChance, random)) {
                    Files.write(file, damage.content());
                    assertFound(subject, file, damage);
                    found++;
                }
                Files.write(file, good);
            }
            Files.deleteIfExists(subject.file(Verdict.FILE));
            assertThat(subject.backups().list()).extracting(BackupInfo::state).containsExactly(State.COMPLETE);
        }
        return found;
    }

    private static void assertFound(Subject subject, Path file, Damage damage) {
        String what = subject + " " + file.getFileName() + ": " + damage.what();
        Backups backups = subject.backups();

        Throwable failure = catchThrowable(() -> backups.restore(subject.id(), subject.target()));

        // No server listens where PostgreSQL's target would be: who asked for it would have another failure to tell of.
        assertThat(failure).as(what).isInstanceOf(BackupException.class);
        if (((BackupException) failure).code().equals("WH-BACKUP-004")) {
            assertThat(backups.list()).as(what).extracting(BackupInfo::state).containsExactly(State.SUSPECT);
        } else {
            assertThat(subject.encrypted() && damage.at() < KEY_NAME_END)
                    .as("%s: %s", what, failure.getMessage())
                    .isTrue();
            assertThat(failure).as(what).hasMessageContaining("which is not in the key ring");
        }
        if (subject.target() instanceof RestoreTarget.NewFile wanted) {
            assertThat(wanted.file()).as(what).doesNotExist();
        }
    }

    @Test
    void damagedVerdictCountsAsNoneAndTheBackupStaysGood() throws IOException {
        Random random = new Random(1);
        for (Subject subject : List.of(sqlite("plain", false), sqlite("encrypted", true))) {
            Backups backups = subject.backups();
            backups.verify(subject.id());
            byte[] good = Files.readAllBytes(subject.file(Verdict.FILE));

            for (Damage damage : Damage.of(good, 50, random)) {
                Files.write(subject.file(Verdict.FILE), damage.content());

                assertThat(backups.list())
                        .as("%s: %s", subject, damage.what())
                        .extracting(BackupInfo::state)
                        .containsExactly(State.COMPLETE);
            }
            backups.restore(subject.id(), subject.target());
            assertThat(backups.verify(subject.id()).verified()).isTrue();
            assertThat(backups.list()).extracting(BackupInfo::state).containsExactly(State.VERIFIED);
        }
    }

    private List<Subject> subjects() throws IOException {
        List<Subject> subjects = new ArrayList<>();
        for (boolean encrypted : List.of(false, true)) {
            String how = encrypted ? "-encrypted" : "-plain";
            for (Subject made : List.of(sqlite("sqlite" + how, encrypted), postgres("postgres" + how, encrypted))) {
                subjects.add(made);
                subjects.add(repacked(made));
            }
        }
        return subjects;
    }

    private Subject sqlite(String name, boolean encrypted) throws IOException {
        try (BackupSubject source = BackupSubject.sqlite(folder.resolve(name + "-source"))) {
            RestoreTarget target = RestoreTarget.file(folder.resolve(name + ".db"));
            return new Subject(folder.resolve(name), encrypted, source.database(), target, "").made(source);
        }
    }

    private Subject postgres(String name, boolean encrypted) throws IOException {
        Database nobody = Database.postgres(
                DirectDataSource.of("jdbc:postgresql://127.0.0.1:" + Ports.free() + "/none", "u", "p"));
        try (BackupSubject source = BackupSubject.postgres()) {
            RestoreTarget target = RestoreTarget.newDatabase("none");
            return new Subject(folder.resolve(name), encrypted, nobody, target, "").made(source);
        }
    }

    /** The same backup as a JVM without zstd-jni packs it. */
    private static Subject repacked(Subject made) throws IOException {
        Path store = made.store().resolveSibling(made.store().getFileName() + "-gzip");
        Subject repacked = new Subject(store, made.encrypted(), made.database(), made.target(), made.id());
        Repacking.copy(storage(made), made.id(), Codec.GZIP, storage(repacked));
        return repacked;
    }

    private static Storage storage(Subject subject) {
        BackupStore plain = new BackupStore(new DirectoryStorage(subject.store()));
        return (subject.encrypted() ? plain.encrypted(RING) : plain).storage();
    }
}
