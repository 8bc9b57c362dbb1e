package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SqliteBackupsTest extends BackupsContract {
    private final AtomicInteger targets = new AtomicInteger();

    @Override
    TestDatabase open() {
        TestDatabase database = TestDatabase.sqlite();
        database.execute("pragma journal_mode = wal");
        return database;
    }

    @Override
    Database database(TestDatabase database) {
        return Database.sqlite(Path.of(database.name()));
    }

    @Override
    RestoreTarget freshTarget() {
        return RestoreTarget.file(folder.resolve("restored-" + targets.incrementAndGet() + ".db"));
    }

    @Override
    String query(RestoreTarget target, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file(target));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    @Override
    boolean exists(RestoreTarget target) {
        return Files.exists(file(target));
    }

    private static Path file(RestoreTarget target) {
        return ((RestoreTarget.NewFile) target).file();
    }

    @Test
    void rowsThatAreOnlyInTheWalAreBackedUp() throws SQLException {
        try (Connection open = source.dataSource().getConnection();
                Statement statement = open.createStatement()) {
            statement.execute("pragma wal_autocheckpoint = 0");
            statement.execute("insert into note values (99, 'in the log')");
            assertThat(Path.of(source.name() + "-wal")).isNotEmptyFile();
            Backups backups = builder().build();
            RestoreTarget target = freshTarget();

            backups.restore(backups.create().id(), target);

            assertThat(query(target, "select body from note where id = 99")).isEqualTo("in the log");
        }
    }

    @Test
    void sideFilesOfAnotherDatabaseAtTheTargetAreRefused() throws IOException {
        Backups backups = builder().build();
        String id = backups.create().id();

        for (String suffix : SqliteFile.SIDE_FILES) {
            RestoreTarget target = freshTarget();
            Path stale = Files.createFile(SqliteFile.side(file(target), suffix));

            assertThatThrownBy(() -> backups.restore(id, target))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining(stale.toString());
            assertThat(file(target)).doesNotExist();
        }
    }

    @Test
    void linkAtTheTargetIsRefusedEvenIfItLeadsNowhere() throws IOException {
        Backups backups = builder().build();
        String id = backups.create().id();
        RestoreTarget target = freshTarget();
        Files.createSymbolicLink(file(target), folder.resolve("nowhere"));

        assertThatThrownBy(() -> backups.restore(id, target))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-005"));
        assertThat(folder.resolve("nowhere")).doesNotExist();
    }

    @Test
    void restoreLeavesOneFileAndNothingBesides() throws IOException {
        Backups backups = builder().build();
        String id = backups.create().id();
        Path empty = Files.createDirectory(folder.resolve("empty"));

        backups.restore(id, RestoreTarget.file(empty.resolve("app.db")));

        assertThat(entries(empty)).containsExactly("app.db");
    }

    @Test
    void missingSourceIsRefusedAndNotCreated() {
        Path missing = folder.resolve("missing.db");
        Backups backups = Backups.builder(Database.sqlite(missing), BackupStore.directory(store))
                .build();

        assertThatThrownBy(backups::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-001"))
                .hasMessageContaining("no such file");
        assertThat(missing).doesNotExist();
        assertThat(backups.list()).isEmpty();
    }

    @Test
    void sourceThatIsNoDatabaseIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("text.db"), "this is no database, but long enough to look at");
        Backups backups = Backups.builder(Database.sqlite(text), BackupStore.directory(store))
                .build();

        assertThatThrownBy(backups::create).isInstanceOf(BackupException.class);
        assertThat(backups.list()).isEmpty();
    }

    @Test
    void targetOfAnotherKindIsRefused() {
        Backups backups = builder().build();
        String id = backups.create().id();

        assertThatThrownBy(() -> backups.restore(id, RestoreTarget.newDatabase("x")))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-011"));
    }

    @Test
    void pathThatTheDriverWouldMisreadIsRefused() {
        assertThatThrownBy(() -> Database.sqlite(Path.of("a?b.db"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RestoreTarget.file(Path.of("a?b.db"))).isInstanceOf(IllegalArgumentException.class);
    }
}
