package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.backup.RestoreTarget;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a careful release does: its new version makes a backup, and then migrates. */
class BackupBeforeMigrationTest {
    @TempDir
    private Path store;

    @Test
    void backupMadeWhileMigrationsArePendingIsVerifiedBeforeAndAfterThemAndRestored() {
        try (TestDatabase database = TestDatabase.postgres();
                TestDatabase target = TestDatabase.postgres()) {
            Migrator migrator = Migrator.builder(direct(database))
                    .source(MigrationSource.classpath("migrations"))
                    .build();
            Backups backups = Backups.builder(
                            Database.postgres(direct(database), migrator.replay()), BackupStore.directory(store))
                    .build();
            migrator.migrate("003");

            String id = backups.create().id();

            assertThat(backups.verify(id).problems()).as("before").isEmpty();
            migrator.migrate();
            assertThat(backups.verify(id).problems()).as("after").isEmpty();
            backups.restore(id, RestoreTarget.emptyDatabase(direct(target)));
            assertThat(target.queryOne("select count(*) from flowers")).isEqualTo("150");
            assertThat(target.queryOne("select to_regclass('audit_log')::text")).isNull();
            assertThat(Migrator.builder(direct(target))
                            .source(MigrationSource.classpath("migrations"))
                            .build()
                            .migrate()
                            .steps())
                    .as("goes on from there")
                    .hasSize(2);
        }
    }

    private static DirectDataSource direct(TestDatabase database) {
        return DirectDataSource.of(database.url(), database.user(), database.password());
    }
}
