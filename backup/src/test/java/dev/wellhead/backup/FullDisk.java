package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process whose store is on a small disk, which it fills before it backs up and verifies; says how each went. */
final class FullDisk {
    private static final Logger LOG = LoggerFactory.getLogger(FullDisk.class);

    private final Path disk;
    private final Backups backups;

    private FullDisk(Path disk, Database database) {
        this.disk = disk;
        this.backups = Backups.builder(database, BackupStore.directory(disk.resolve("store")))
                .workers(2)
                .build();
    }

    /** @param arguments the disk's folder; file of an SQLite database, or none for the PostgreSQL of the environment */
    public static void main(String[] arguments) throws IOException {
        Database database = arguments.length > 1
                ? Database.sqlite(Path.of(arguments[1]))
                : Database.postgres(DirectDataSource.of(
                        System.getenv("DB_URL"), System.getenv("DB_USER"), System.getenv("DB_PASSWORD")));
        new FullDisk(Path.of(arguments[0]), database).run();
    }

    private void run() throws IOException {
        String first = backups.create().id();
        for (long free : new long[] {0, 1, 4, 16, 64, 256, 1_024, 2_500, 3_500}) {
            fill(free << 10);
            said("create with " + free + " KB", backups::create);
            said("verify with " + free + " KB", () -> backups.verify(first));
            Files.delete(disk.resolve("filling"));
            LOG.warn("left: {}", leftovers());
        }
        LOG.warn("at last: {}", backups.verify(backups.create().id()));
        LOG.warn("the first: {}", backups.verify(first));
    }

    /** Leaves this many bytes, or the page less that the file system needs for itself. */
    private void fill(long free) throws IOException {
        byte[] page = new byte[4_096];
        try (OutputStream filling = Files.newOutputStream(disk.resolve("filling"))) {
            while (Files.getFileStore(disk).getUsableSpace() > free) {
                filling.write(page);
            }
        } catch (IOException e) {
            // Full to the brim.
        }
    }

    /** Returns what lies in the store beside backups. */
    private List<String> leftovers() throws IOException {
        List<String> ids = backups.list().stream().map(BackupInfo::id).toList();
        try (Stream<Path> entries = Files.list(disk.resolve("store"))) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !ids.contains(name))
                    .toList();
        }
    }

    private static void said(String what, Runnable work) {
        try {
            work.run();
            LOG.warn("{} went well", what);
        } catch (BackupException e) {
            LOG.warn("{} failed with {}: {}", what, e.code(), e.getMessage());
        }
    }
}
