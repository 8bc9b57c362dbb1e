package dev.wellhead.backup;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that makes a backup and stops for good before or in the middle of one operation of the store, to be killed there. */
final class StallingBackup {
    static final String SIGN = "victim: ";
    static final String STALLED = SIGN + "stalled";

    private static final Logger LOG = LoggerFactory.getLogger(StallingBackup.class);

    private StallingBackup() {}

    public static void main(String[] arguments) {
        String url = arguments[0];
        int at = Integer.parseInt(arguments[4]);
        Database database = url.startsWith("jdbc:sqlite:")
                ? Database.sqlite(Path.of(url.substring("jdbc:sqlite:".length())))
                : Database.postgres(DirectDataSource.of(url, arguments[1], arguments[2]));
        boolean inTheMiddle = arguments.length > 5;
        FaultyStorage stalling =
                new FaultyStorage(new DirectoryStorage(Path.of(arguments[3])), new FaultyStorage.Fault() {
                    @Override
                    public void before(int operation) {
                        if (operation == at && !inTheMiddle) {
                            stall();
                        }
                    }

                    @Override
                    public int pass(int operation, int length) {
                        return operation == at ? length / 2 : length;
                    }

                    @Override
                    public void after(int operation) {
                        if (operation == at) {
                            stall();
                        }
                    }
                });
        Backups.builder(database, new BackupStore(stalling)).workers(1).build().create();
        LOG.warn("{}ended", SIGN);
    }

    private static void stall() {
        LOG.warn(STALLED);
        while (true) {
            LockSupport.park();
        }
    }
}
