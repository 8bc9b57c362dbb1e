package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.backup.internal.S3Stub;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3Client;

class S3BackupsTest {
    @TempDir
    Path folder;

    @Test
    void backupInABucketIsVerifiedRestoredAndPruned() throws Exception {
        Path file = folder.resolve("source.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("create table t (v text)");
            statement.execute("insert into t values ('row')");
        }
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 7);
        try (S3Stub stub = new S3Stub();
                S3Client client = stub.client()) {
            BackupStore store = S3Store.of(client, S3Stub.BUCKET, "app/production", folder.resolve("local"));
            Backups backups = Backups.builder(Database.sqlite(file), store.encrypted(KeyRing.of("k", key)))
                    .retention(Retention.builder().last(1).build())
                    .build();

            String old = backups.create().id();
            String id = backups.create().id();

            assertThat(backups.verify(id).problems()).isEmpty();
            Path restored = folder.resolve("restored.db");
            backups.restore(id, RestoreTarget.file(restored));
            assertThat(restored).isNotEmptyFile();
            assertThat(backups.prune().deleted()).extracting(BackupInfo::id).containsExactly(old);
            assertThat(backups.list()).extracting(BackupInfo::id).containsExactly(id);
            assertThat(store).hasToString("s3://backups/app/production/");
            assertThat(folder.resolve("local")).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app", "a//b", "a/../b", ".", "a/./b"})
    void prefixThatWouldNotBeFoundAgainIsRefused(String prefix) {
        try (S3Stub stub = new S3Stub();
                S3Client client = stub.client()) {
            assertThatThrownBy(() -> S3Store.of(client, S3Stub.BUCKET, prefix, folder))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + prefix + "'");
        }
    }
}
