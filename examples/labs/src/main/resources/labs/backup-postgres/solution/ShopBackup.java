import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.backup.RestoreTarget;
import dev.wellhead.backup.VerifyReport;
import dev.wellhead.examples.labs.practice.ServerBackup;
import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Path;

/** One snapshot of all tables, and a backup only once it has been restored and compared. */
public final class ShopBackup implements ServerBackup {
    @Override
    public void backUp(Place from, Path folder) {
        Backups backups = backups(from, folder);
        BackupInfo made = backups.create();
        VerifyReport report = backups.verify(made.id());
        if (!report.verified()) {
            throw new IllegalStateException(report.toString());
        }
    }

    @Override
    public void restore(Path folder, Place to) {
        Backups backups = backups(to, folder);
        backups.restore(backups.list().get(0).id(), RestoreTarget.emptyDatabase(direct(to)));
    }

    private static Backups backups(Place place, Path folder) {
        return Backups.builder(Database.postgres(direct(place)), BackupStore.directory(folder))
                .build();
    }

    private static DirectDataSource direct(Place place) {
        return DirectDataSource.of(place.url(), place.user(), place.password());
    }
}
