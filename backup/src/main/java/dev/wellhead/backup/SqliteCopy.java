package dev.wellhead.backup;

import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConnection;

/**
 * A copy page by page, from a connection whose read transaction pins the snapshot. While it lasts the WAL cannot be reset, so
 * it grows with all that is written; once it has grown by a gibibyte the copy is held back no more. For one call of {@link
 * #into}.
 */
final class SqliteCopy {
    // Small steps let writers that share the connection's mutex in between; larger ones were not faster.
    private static final int PAGES_PER_STEP = 100;
    private static final int NO_SLEEP = 0;
    private static final int BUSY_RETRIES = 100;
    private static final long MOST_WAL_GROWTH = 1L << 30;

    private final Connection source;
    private final Path wal;
    private final String name;
    private final Progress progress;
    private final long pageSize;
    private final long walAtFirst;
    private long passed;

    SqliteCopy(Connection source, Path file, Progress progress) throws SQLException {
        this.source = source;
        this.wal = SqliteFile.side(file, "-wal");
        this.name = file.toString();
        this.progress = progress;
        this.pageSize = SqliteFile.number(source, "pragma page_size");
        this.walAtFirst = walSize();
    }

    void into(Path copy) throws SQLException, IOException {
        long bytes = SqliteFile.number(source, "pragma page_count") * pageSize;
        FreeSpace.require(SqliteRestore.folderOf(copy), bytes, "the copy of the database");
        progress.begin(Phase.COPY, bytes);
        // Ours from its first moment: SQLite would create it as the umask allows.
        PrivateFiles.create(copy).close();
        int result = source.unwrap(SQLiteConnection.class)
                .getDatabase()
                .backup("main", copy.toString(), this::stepped, NO_SLEEP, BUSY_RETRIES, PAGES_PER_STEP);
        if (result != 0) {
            throw new SQLException("the paged copy of SQLite ended with result code " + result, null, result);
        }
    }

    // Called between two steps; what it threw would be lost.
    private void stepped(int remaining, int pages) {
        long now = (long) (pages - remaining) * pageSize;
        if (progress.isHeldBack() && walSize() - walAtFirst > MOST_WAL_GROWTH) {
            progress.hurry();
        }
        progress.passed(name, 0, Math.max(0, now - passed));
        passed = now;
    }

    private long walSize() {
        try {
            return Files.size(wal);
        } catch (IOException e) {
            // There is none, or it is being made.
            return 0;
        }
    }
}
