package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.LeasedDirectory;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.PartWriter;
import dev.wellhead.backup.internal.PrivateFiles;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.jdbc.internal.TableFingerprint;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * SQLite by its paged backup interface. A read transaction is opened on the source connection first: it pins the snapshot,
 * so that the copy is one state of the database and is not begun anew whenever somebody commits, which under a steady
 * writer would never end.
 *
 * <p>The native calls cannot be interrupted, and hold a virtual thread's carrier.
 */
final class SqliteEngine implements Engine {
    private static final String KIND = "sqlite";
    private static final String PART = "database";
    private static final long SNAPSHOT_PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Path file;
    private final Storage storage;
    private final Ticker ticker;

    SqliteEngine(Path file, Storage storage, Ticker ticker) {
        this.file = file;
        this.storage = storage;
        this.ticker = ticker;
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Two copies at a time only cost twice as much: nothing needs to be locked. */
    @Override
    public RunnerLock lock() {
        return new RunnerLock() {
            @Override
            public boolean isHeld() {
                return true;
            }

            @Override
            public void close() {
                // Nothing was taken.
            }
        };
    }

    @Override
    public Manifest capture(String id, Instant createdAt, Storage.Draft draft, Progress progress)
            throws SQLException, IOException {
        if (!SqliteFile.exists(file)) {
            throw new BackupException(Kind.NOT_MADE, "backup of " + file + ": there is no such file; check the path");
        }
        try (LeasedDirectory work = storage.workspace();
                Connection source = SqliteFile.open(file)) {
            openSnapshot(source);
            Path copy = work.path().resolve("copy.db");
            new SqliteCopy(source, file, progress).into(copy);
            List<String> schema = List.copyOf(Catalog.of(source).describe());
            SortedMap<TableName, TableFingerprint> contents = contents(source);
            source.rollback();
            requireIntact(copy);
            Manifest.Part database;
            try (PartWriter part = PartWriter.create(draft, PART)) {
                Files.copy(copy, part);
                database = part.finish();
            }
            List<Manifest.Table> tables = new ArrayList<>();
            for (Map.Entry<TableName, TableFingerprint> each : contents.entrySet()) {
                List<String> columns = Catalog.of(source).writableColumns(each.getKey());
                tables.add(new Manifest.Table(each.getKey(), each.getValue(), database.name(), "sqlite", columns));
            }
            return new Manifest(
                    id,
                    KIND,
                    file.toString(),
                    createdAt,
                    "",
                    Map.of("sqlite", version(source)),
                    List.of(database, SchemaPart.write(draft, schema)),
                    tables,
                    List.of());
        }
    }

    @Override
    public List<String> drill(Manifest manifest, Progress progress) throws SQLException, IOException {
        try (LeasedDirectory work = storage.workspace()) {
            return unpackAndCompare(manifest, work.path().resolve("drill.db"), progress);
        }
    }

    @Override
    public Outcome restore(Manifest manifest, RestoreTarget target, Progress progress)
            throws SQLException, IOException {
        if (!(target instanceof RestoreTarget.NewFile wanted)) {
            throw new BackupException(
                    Kind.WRONG_KIND,
                    "backup " + manifest.id() + " is one of SQLite and cannot be restored to " + target
                            + "; use RestoreTarget.file");
        }
        Path to = wanted.file();
        requireFree(manifest, to);
        Path fresh = to.resolveSibling("." + to.getFileName() + ".restoring-" + UUID.randomUUID());
        try {
            List<String> differences = unpackAndCompare(manifest, fresh, progress);
            if (!differences.isEmpty()) {
                return new Outcome(differences, to + " was not created");
            }
            requireFree(manifest, to);
            moveInto(manifest, fresh, to);
            return Outcome.EQUAL;
        } finally {
            Files.deleteIfExists(fresh);
            for (String suffix : SqliteFile.SIDE_FILES) {
                Files.deleteIfExists(SqliteFile.side(fresh, suffix));
            }
        }
    }

    /** Begins a read transaction and reads once, since SQLite takes the snapshot only then. */
    private void openSnapshot(Connection source) throws SQLException {
        source.setAutoCommit(false);
        long start = ticker.nanos();
        while (true) {
            try (Statement statement = source.createStatement();
                    ResultSet rows = statement.executeQuery("select count(*) from sqlite_master")) {
                rows.next();
                return;
            } catch (SQLException e) {
                // Recovery of the WAL, or a writer in rollback mode, keeps readers out for a moment.
                if (!SqlErrors.isSqliteBusy(e)
                        || ticker.nanos() - start > SNAPSHOT_PATIENCE_NANOS
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
            source.rollback();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static SortedMap<TableName, TableFingerprint> contents(Connection source) throws SQLException {
        SortedMap<TableName, TableFingerprint> contents = new TreeMap<>();
        for (TableName table : Catalog.of(source).tables()) {
            contents.put(table, TableFingerprint.of(source, table));
        }
        return contents;
    }

    private static void requireIntact(Path copy) throws SQLException {
        try (Connection connection = SqliteFile.open(copy)) {
            List<String> problems = SqliteFile.checkIntegrity(connection);
            if (!problems.isEmpty()) {
                throw new SQLException("the copy is not intact, so neither is the source: " + problems);
            }
        }
    }

    /** Returns what differs; then, and if it throws, the file may be there in any state. */
    private List<String> unpackAndCompare(Manifest manifest, Path to, Progress progress)
            throws SQLException, IOException {
        progress.begin(Phase.LOAD, manifest.rawBytes());
        try (PartReader part = PartReader.open(storage, manifest.id(), manifest.partNamed(PART));
                OutputStream out = PrivateFiles.createDurable(to)) {
            new Passing(part, to.toString(), progress).transferTo(out);
        }
        List<String> schema = SchemaPart.read(storage, manifest);
        List<String> differences = new ArrayList<>();
        try (Connection connection = SqliteFile.open(to)) {
            differences.addAll(SqliteFile.checkIntegrity(connection));
            if (differences.isEmpty()) {
                differences.addAll(SqliteFile.compare(connection, manifest, schema));
            }
        } catch (SQLException e) {
            differences.add("the restored file cannot be read: " + BackupException.say(e));
        }
        for (String suffix : SqliteFile.SIDE_FILES) {
            if (SqliteFile.exists(SqliteFile.side(to, suffix))) {
                differences.add("the restored file is not whole without a " + suffix + " file");
            }
        }
        return differences;
    }

    private static void requireFree(Manifest manifest, Path to) {
        List<Path> taken = new ArrayList<>();
        if (SqliteFile.exists(to)) {
            taken.add(to);
        }
        for (String suffix : SqliteFile.SIDE_FILES) {
            // A stale one would be replayed onto the restored file.
            if (SqliteFile.exists(SqliteFile.side(to, suffix))) {
                taken.add(SqliteFile.side(to, suffix));
            }
        }
        if (!taken.isEmpty()) {
            throw taken(manifest, taken.toString(), null);
        }
    }

    /** Gives the file its name unless somebody has taken it meanwhile: a link, unlike a renaming, never replaces. */
    private static void moveInto(Manifest manifest, Path fresh, Path to) throws IOException {
        try {
            Files.createLink(to, fresh);
        } catch (FileAlreadyExistsException e) {
            throw taken(manifest, to.toString(), e);
        } catch (UnsupportedOperationException e) {
            // The file system has no hard links; this refuses to replace as well, though not in one step.
            Files.move(fresh, to);
        }
        Path parent = to.getParent();
        if (parent != null) {
            PrivateFiles.syncFolder(parent);
        }
    }

    private static BackupException taken(Manifest manifest, String what, @Nullable Throwable cause) {
        return new BackupException(
                Kind.TARGET_TAKEN,
                "restore of " + manifest.id() + ": " + what
                        + " exists; choose another path, or move it away once nobody has it open",
                cause);
    }

    private static String version(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductVersion();
    }
}
