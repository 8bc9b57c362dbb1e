package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process with a small heap that backs up the PostgreSQL of the environment, and verifies it; says how that went. */
final class LargeStream {
    static final String RESULT = "with a heap of ";

    private static final Logger LOG = LoggerFactory.getLogger(LargeStream.class);

    private LargeStream() {}

    /** @param arguments the store's folder */
    public static void main(String[] arguments) {
        DirectDataSource direct =
                DirectDataSource.of(System.getenv("DB_URL"), System.getenv("DB_USER"), System.getenv("DB_PASSWORD"));
        Backups backups = Backups.builder(Database.postgres(direct), BackupStore.directory(Path.of(arguments[0])))
                .workers(2)
                .build();
        BackupInfo made = backups.create();
        VerifyReport report = backups.verify(made.id());
        LOG.warn("{}{} MB: {} rows, {}", RESULT, Runtime.getRuntime().maxMemory() >> 20, made.rows(), report);
    }
}
