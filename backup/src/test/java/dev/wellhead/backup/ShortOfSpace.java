package dev.wellhead.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that backs up and restores where no file may grow as large as it would have to; says how each ended. */
final class ShortOfSpace {
    private static final Logger LOG = LoggerFactory.getLogger(ShortOfSpace.class);

    private ShortOfSpace() {}

    /** @param arguments database file, store, id of a backup, file to restore to, and file to replace */
    public static void main(String[] arguments) throws SQLException, IOException {
        Path file = Path.of(arguments[0]);
        Backups plain = backups(Database.sqlite(file), arguments[1]);
        Path replaced = Path.of(arguments[4]);
        String token = SqliteSwap.describe(replaced);
        report("plain create", plain::create);
        report("compacted create", backups(Database.sqliteCompacted(file), arguments[1])::create);
        report("restore", () -> plain.restore(arguments[2], RestoreTarget.file(Path.of(arguments[3]))));
        report("replace", () -> plain.restore(arguments[2], RestoreTarget.replacingFile(replaced, token)));
        report("verify", () -> plain.verify(arguments[2]));
    }

    private static Backups backups(Database database, String store) {
        return Backups.builder(database, BackupStore.directory(Path.of(store))).build();
    }

    private static void report(String what, Runnable work) {
        try {
            work.run();
            LOG.warn("{} ended well", what);
        } catch (BackupException e) {
            LOG.warn("{} failed with {}: {}", what, e.code(), e.getMessage());
        }
    }
}
