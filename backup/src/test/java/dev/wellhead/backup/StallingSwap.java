package dev.wellhead.backup;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.core.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that restores over a database file and stops for good after one step, to be killed there. */
final class StallingSwap {
    private static final Logger LOG = LoggerFactory.getLogger(StallingSwap.class);

    private StallingSwap() {}

    public static void main(String[] arguments) throws SQLException, IOException {
        SqliteSwap.Step last = SqliteSwap.Step.valueOf(arguments[4]);
        restore(Path.of(arguments[0]), Path.of(arguments[1]), arguments[2], arguments[3], step -> {
            if (step == last) {
                LOG.warn("stalled after {}", step);
                while (true) {
                    LockSupport.park();
                }
            }
        });
    }

    /** Restores a backup over a file, as {@link Backups#restore} does, but watched. */
    static void restore(Path file, Path store, String id, String token, SqliteSwap.Watch watch)
            throws SQLException, IOException {
        Storage storage = new DirectoryStorage(store);
        Manifest manifest = Manifest.of(id, storage.read(id, Manifest.FILE, Manifest.MAX_BYTES));
        new SqliteEngine(file, false, storage, Ticker.system(), 1, watch)
                .restore(
                        manifest,
                        RestoreTarget.replacingFile(file, token),
                        new Progress(id, Ticker.system(), Long.MAX_VALUE, progress -> {}));
    }
}
