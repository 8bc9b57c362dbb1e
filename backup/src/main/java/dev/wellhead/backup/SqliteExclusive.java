package dev.wellhead.backup;

import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database file that nobody else reads or writes, and in which all is that belongs to it: no write-ahead log and no journal
 * besides. A damaged one cannot be locked that way and is left as it is. For one thread.
 *
 * <p>Nobody may be connected to a database in WAL mode, not even idly; in rollback mode a connection without a transaction
 * does not show.
 */
final class SqliteExclusive implements AutoCloseable {
    /*
     * A transaction in WAL mode keeps no reader out, and a connection in that mode removes the log by its name when it ends,
     * which would be that of the file put there meanwhile. So WAL mode is left first: SQLite does that only while nobody else
     * is connected, after it has brought the log into the file. It is a mark in the file that stays, so it is put back unless
     * the file has been replaced. Between leaving it and the exclusive transaction somebody may come and set it again.
     *
     * Not by "locking_mode = exclusive": that leaves a journal file behind.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Path file;
    // One of the two is there.
    private final @Nullable Connection connection;
    private final @Nullable SQLException damage;
    private final boolean keptWal;
    private boolean replaced;

    private SqliteExclusive(
            Path file, @Nullable Connection connection, @Nullable SQLException damage, boolean keptWal) {
        this.file = file;
        this.connection = connection;
        this.damage = damage;
        this.keptWal = keptWal;
    }

    /**
     * Waits up to two seconds for others to let go; null if they do not.
     *
     * @param file its real path
     */
    static @Nullable SqliteExclusive tryTake(Path file, Ticker ticker) throws SQLException {
        long start = ticker.nanos();
        boolean keptWal = false;
        while (true) {
            Connection connection = SqliteFile.open(file);
            try {
                keptWal |= SqliteFile.keepsWal(connection);
                leaveWal(connection);
                SqliteFile.execute(connection, "begin exclusive");
                if (!SqliteFile.keepsWal(connection)) {
                    return new SqliteExclusive(file, connection, null, keptWal);
                }
                connection.close();
            } catch (SQLException e) {
                close(connection, e);
                if (SqliteFile.isDamaged(e)) {
                    return new SqliteExclusive(file, null, e, false);
                }
                if (!SqlErrors.isSqliteBusy(e)) {
                    restoreWal(file, keptWal);
                    throw e;
                }
            }
            if (ticker.nanos() - start > PATIENCE_NANOS
                    || Thread.currentThread().isInterrupted()) {
                restoreWal(file, keptWal);
                return null;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static void leaveWal(Connection connection) throws SQLException {
        String mode = SqliteFile.text(connection, "pragma journal_mode = delete");
        if (!mode.equals("delete")) {
            throw new SQLException("journal mode '" + mode + "' cannot be left");
        }
    }

    private static void close(Connection connection, SQLException because) {
        try {
            connection.close();
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    /** Returns what the file holds, which cannot change any more. */
    SqliteHoldings holdings() throws SQLException, IOException {
        return damage == null
                ? SqliteHoldings.of(file, Objects.requireNonNull(connection))
                : SqliteHoldings.unreadable(file, damage);
    }

    /** Returns how many times the file is open for this lock. */
    int timesOpen() {
        return connection == null ? 0 : 1;
    }

    /**
     * Leaves no side file beside the file. Those of an intact one hold nothing any more; those of a damaged one may, and go
     * where its other name is.
     */
    void removeSideFiles(Path kept) throws IOException {
        for (String suffix : SqliteFile.SIDE_FILES) {
            Path side = SqliteFile.side(file, suffix);
            if (connection == null && SqliteFile.exists(side)) {
                Files.move(side, SqliteFile.side(kept, suffix));
            }
            Files.deleteIfExists(side);
        }
    }

    /** Undoes {@link #removeSideFiles}, as far as it matters. */
    void returnSideFiles(Path kept) throws IOException {
        for (String suffix : SqliteFile.SIDE_FILES) {
            Path away = SqliteFile.side(kept, suffix);
            if (connection == null && SqliteFile.exists(away)) {
                Files.move(away, SqliteFile.side(file, suffix));
            }
        }
    }

    /** The file has another name from now on. */
    void replaced() {
        replaced = true;
    }

    @Override
    public void close() throws SQLException {
        if (connection != null) {
            // Nothing was written: this lets go of the lock.
            connection.close();
        }
        if (!replaced) {
            restoreWal(file, keptWal);
        }
    }

    /** A failure is logged: the database is whole in either mode. */
    private static void restoreWal(Path file, boolean wanted) {
        if (!wanted) {
            return;
        }
        try (Connection connection = SqliteFile.open(file)) {
            SqliteFile.execute(connection, "pragma journal_mode = wal");
        } catch (SQLException e) {
            LOG.warn("{} was in WAL mode and is not any more; set it again: pragma journal_mode = wal", file, e);
        }
    }
}
