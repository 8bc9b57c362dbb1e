package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptedBackupsTest {
    private static final String SECRET = "canary-row";
    private static final KeyRing RING = KeyRing.of("first", key(1));

    @TempDir
    Path folder;

    private Path file;

    private static byte[] key(int seed) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) seed);
        return key;
    }

    @BeforeEach
    void fill() throws SQLException {
        file = folder.resolve("source.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("create table canary_table (v text)");
            statement.execute("insert into canary_table values ('" + SECRET + "')");
        }
    }

    private Backups backups(KeyRing ring) {
        return Backups.builder(
                        Database.sqlite(file),
                        BackupStore.directory(folder.resolve("store")).encrypted(ring))
                .build();
    }

    @Test
    void encryptedBackupIsVerifiedAndRestoredAndShowsNothing() throws IOException {
        Backups backups = backups(RING);

        String id = backups.create().id();

        assertThat(backups.verify(id).problems()).isEmpty();
        Path restored = folder.resolve("restored.db");
        backups.restore(id, RestoreTarget.file(restored));
        assertThat(restored).isNotEmptyFile();
        assertThat(backups.list()).extracting(BackupInfo::state).containsExactly(BackupInfo.State.VERIFIED);
        try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1))
                        .as("%s", each)
                        .doesNotContain(SECRET, "canary_table", "sha256");
            }
        }
    }

    @Test
    void keysCanBeChangedWhileOlderOnesAreKept() {
        String old = backups(RING).create().id();
        KeyRing rotated = KeyRing.of("second", key(2)).and("first", key(1));

        String fresh = backups(rotated).create().id();

        assertThat(backups(rotated).list()).extracting(BackupInfo::id).containsExactly(fresh, old);
        assertThat(backups(rotated).verify(old).verified()).isTrue();
        // Nothing that cannot be read is taken for bad, or pruned for it.
        assertThatThrownBy(() -> backups(RING).list())
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("key 'second'");
        assertThat(backups(RING).verify(old).verified()).isTrue();
    }

    @Test
    void backupThatWasNotEncryptedIsNotTrusted() {
        String plain = Backups.builder(Database.sqlite(file), BackupStore.directory(folder.resolve("store")))
                .build()
                .create()
                .id();

        assertThat(backups(RING).list())
                .extracting(BackupInfo::id, BackupInfo::state)
                .containsExactly(tuple(plain, BackupInfo.State.SUSPECT));
        assertThat(backups(RING).verify(plain).verified()).isFalse();
    }

    @Test
    void keyRingShowsNoKeyAndTakesNoBadOne() {
        assertThat(KeyRing.of("first", key(65)).and("second", key(66))).hasToString("KeyRing[first, second]");
        for (String name : List.of("", "a b", "x".repeat(65), "-a")) {
            assertThatThrownBy(() -> KeyRing.of(name, key(1))).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> KeyRing.of("a", new byte[16]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 16");
        assertThatThrownBy(() -> RING.and("first", key(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two keys 'first'");
    }
}
