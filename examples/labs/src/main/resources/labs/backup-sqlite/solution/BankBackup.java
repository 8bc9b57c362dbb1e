import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.backup.RestoreTarget;
import dev.wellhead.backup.VerifyReport;
import dev.wellhead.examples.labs.practice.FileBackup;
import java.nio.file.Path;

/** A snapshot that SQLite makes, and a backup only once it has been restored and compared. */
public final class BankBackup implements FileBackup {
    @Override
    public void backUp(Path database, Path folder) {
        Backups backups = backups(database, folder);
        BackupInfo made = backups.create();
        VerifyReport report = backups.verify(made.id());
        if (!report.verified()) {
            throw new IllegalStateException(report.toString());
        }
    }

    @Override
    public void restore(Path folder, Path database) {
        Backups backups = backups(database, folder);
        backups.restore(backups.list().get(0).id(), RestoreTarget.file(database));
    }

    private static Backups backups(Path database, Path folder) {
        return Backups.builder(Database.sqlite(database), BackupStore.directory(folder))
                .build();
    }
}
