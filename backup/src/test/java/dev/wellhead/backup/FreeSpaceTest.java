package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.core.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeSpaceTest {
    private static final long NOBODY_HAS = 1L << 60;

    @TempDir
    Path folder;

    @Test
    void whatFitsIsNotRefused() throws IOException {
        FreeSpace.require(folder, 1, "it");
    }

    @Test
    void whatDoesNotFitIsRefusedWithWhatItNeedsAndWhere() {
        assertThatThrownBy(() -> FreeSpace.require(folder, NOBODY_HAS, "the archive"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the archive needs 1152921504606.8 MB in " + folder + ", where ")
                .hasMessageEndingWith(" MB are free; make room there");
    }

    @Test
    void restoreOfSqliteThatDoesNotFitWritesNothing() throws IOException, SQLException {
        Path file = folder.resolve("app.db");
        SqliteClient.execute(file, "create table t (a integer)");
        Path store = folder.resolve("store");
        String id = Backups.builder(Database.sqlite(file), BackupStore.directory(store))
                .build()
                .create()
                .id();
        Storage storage = new DirectoryStorage(store);
        Manifest told = Manifest.of(id, storage.read(id, Manifest.FILE, Manifest.MAX_BYTES));
        Manifest huge = new Manifest(
                told.id(),
                told.kind(),
                told.database(),
                told.createdAt(),
                told.schemaFingerprint(),
                told.properties(),
                told.parts().stream()
                        .map(part -> new Manifest.Part(part.name(), part.bytes(), NOBODY_HAS, part.sha256()))
                        .toList(),
                told.tables(),
                told.sequences());
        Path target = folder.resolve("restored.db");
        Progress progress = new Progress(id, Ticker.system(), Long.MAX_VALUE, step -> {});

        assertThatThrownBy(() -> new SqliteRestore(storage, huge, progress).into(target))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the restored file needs ");

        assertThat(target).doesNotExist();
    }
}
