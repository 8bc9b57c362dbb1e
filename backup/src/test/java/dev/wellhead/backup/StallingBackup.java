package dev.wellhead.backup;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that makes a backup and stops for good before one operation of the store, to be killed there. */
final class StallingBackup {
    private static final Logger LOG = LoggerFactory.getLogger(StallingBackup.class);

    private StallingBackup() {}

    public static void main(String[] arguments) {
        String url = arguments[0];
        int at = Integer.parseInt(arguments[4]);
        Database database = url.startsWith("jdbc:sqlite:")
                ? Database.sqlite(Path.of(url.substring("jdbc:sqlite:".length())))
                : Database.postgres(
                        DirectDataSource.of(url, arguments[1], arguments[2]), new SqlSchema(BackupsContract.SCHEMA));
        FaultyStorage stalling =
                new FaultyStorage(new DirectoryStorage(Path.of(arguments[3])), new FaultyStorage.Fault() {
                    @Override
                    public void before(int operation) {
                        if (operation == at) {
                            stall(at);
                        }
                    }
                });
        Backups.builder(database, new BackupStore(stalling)).build().create();
    }

    private static void stall(int at) {
        LOG.warn("stalled at {}", at);
        while (true) {
            LockSupport.park();
        }
    }
}
