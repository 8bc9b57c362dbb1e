package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.LeasedDirectory;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartWriter;
import dev.wellhead.backup.internal.PrivateFiles;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.jdbc.internal.TableFingerprint;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SQLite by its paged backup interface. A read transaction is opened on the source connection first: it pins the snapshot,
 * so that the copy is one state of the database and is not begun anew whenever somebody commits, which under a steady
 * writer would never end.
 *
 * <p>The native calls cannot be interrupted, and hold a virtual thread's carrier.
 */
final class SqliteEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final String KIND = "sqlite";
    private static final long SNAPSHOT_PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** That of a file which is not there. Should it appear meanwhile, its backup is not published. */
    private static final RunnerLock NOT_HELD = new RunnerLock() {
        @Override
        public boolean isHeld() {
            return false;
        }

        @Override
        public void close() {
            // Nothing was taken.
        }
    };

    private final Path file;
    private final boolean compacted;
    private final Storage storage;
    private final Ticker ticker;
    private final int workers;
    private final SqliteSwap.Watch watch;

    /** @param workers how many threads may be at work at a time */
    SqliteEngine(Path file, boolean compacted, Storage storage, Ticker ticker, int workers) {
        this(file, compacted, storage, ticker, workers, step -> {});
    }

    /** @param watch is told how far a file has come that replaces another */
    SqliteEngine(Path file, boolean compacted, Storage storage, Ticker ticker, int workers, SqliteSwap.Watch watch) {
        this.file = file;
        this.compacted = compacted;
        this.storage = storage;
        this.ticker = ticker;
        this.workers = workers;
        this.watch = watch;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public RunnerLock lock() {
        try {
            return RunnerLockFile.acquire(file.toRealPath());
        } catch (IOException e) {
            LOG.debug("{} cannot be locked, and not be backed up either", file, e);
            return NOT_HELD;
        }
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
            new SqliteCopy(source, file.toRealPath(), progress).into(copy);
            Packed packed = pack(source, copy, draft, progress);
            List<Manifest.Table> tables = new ArrayList<>();
            packed.contents.forEach((name, content) -> tables.add(new Manifest.Table(
                    name, content.fingerprint(), packed.database.name(), SqliteFile.ROWS, content.columns())));
            return new Manifest(
                    id,
                    KIND,
                    file.toString(),
                    createdAt,
                    "",
                    Map.of("sqlite", version(source)),
                    List.of(packed.database, SchemaPart.write(draft, packed.schema)),
                    tables,
                    List.of());
        }
    }

    /** What the snapshot holds, and the part that holds its copy. */
    private record Packed(List<String> schema, SortedMap<TableName, Content> contents, Manifest.Part database) {}

    /** Reads what the snapshot holds, and releases it; behind that, or meanwhile in another thread, the copy is packed. */
    private Packed pack(Connection source, Path copy, Storage.Draft draft, Progress progress)
            throws SQLException, IOException {
        List<String> schema = new ArrayList<>();
        SortedMap<TableName, Content> contents = new TreeMap<>();
        List<Manifest.Part> parts = new ArrayList<>();
        Crew.Work reading = () -> {
            schema.addAll(Catalog.of(source).describe());
            contents.putAll(contents(source));
            // Nothing is read from here on: it would be of another snapshot, and a writer may be in the way.
            source.rollback();
        };
        Crew.Work packing = () -> {
            progress.begin(Phase.PACK, Files.size(copy));
            requireIntact(copy);
            parts.add(pack(compacted ? compact(copy) : copy, draft, progress));
        };
        if (workers == 1) {
            // A second busy thread would have a writer wait for a processor, where there are but two.
            reading.run();
            packing.run();
        } else {
            Crew crew = new Crew();
            try (crew) {
                crew.start(packing);
                crew.join(reading);
            }
            crew.rethrow();
        }
        return new Packed(schema, contents, parts.get(0));
    }

    @Override
    public List<String> drill(Manifest manifest, Progress progress) throws SQLException, IOException {
        try (LeasedDirectory work = storage.workspace()) {
            return new SqliteRestore(storage, manifest, progress)
                    .into(work.path().resolve("drill.db"));
        }
    }

    @Override
    public Outcome restore(Manifest manifest, RestoreTarget target, Progress progress)
            throws SQLException, IOException {
        SqliteRestore restore = new SqliteRestore(storage, manifest, progress);
        if (target instanceof RestoreTarget.NewFile wanted) {
            return restore.toNew(wanted.file());
        }
        if (target instanceof RestoreTarget.ReplacedFile wanted) {
            return new SqliteSwap(restore, ticker, watch).swap(wanted.file(), wanted.token());
        }
        throw new BackupException(
                Kind.WRONG_KIND,
                "backup " + manifest.id() + " is one of SQLite and cannot be restored to " + target
                        + "; use RestoreTarget.file or replacingFile");
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

    private record Content(TableFingerprint fingerprint, List<String> columns) {}

    private static SortedMap<TableName, Content> contents(Connection source) throws SQLException {
        Catalog catalog = Catalog.of(source);
        SortedMap<TableName, Content> contents = new TreeMap<>();
        for (TableName table : catalog.tables()) {
            contents.put(table, new Content(TableFingerprint.of(source, table), catalog.writableColumns(table)));
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

    /** VACUUM cannot run in the transaction that pins the snapshot, so it is the private copy that is compacted. */
    private static Path compact(Path copy) throws SQLException, IOException {
        Path compact = copy.resolveSibling("compact.db");
        // Ours from its first moment; an empty file is taken for none.
        PrivateFiles.create(compact).close();
        boolean wal;
        try (Connection connection = SqliteFile.open(copy);
                PreparedStatement vacuum = connection.prepareStatement("vacuum main into ?")) {
            wal = SqliteFile.keepsWal(connection);
            vacuum.setString(1, compact.toString());
            vacuum.execute();
        }
        if (wal) {
            // Which VACUUM INTO does not take along.
            try (Connection connection = SqliteFile.open(compact)) {
                SqliteFile.execute(connection, "pragma journal_mode = wal");
            }
        }
        requireIntact(compact);
        Files.delete(copy);
        return compact;
    }

    private Manifest.Part pack(Path copy, Storage.Draft draft, Progress progress) throws IOException {
        try (PartWriter part = PartWriter.create(draft, SqliteRestore.PART);
                InputStream in = new Passing(Files.newInputStream(copy), file.toString(), progress)) {
            in.transferTo(part);
            return part.finish();
        }
    }

    private static String version(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductVersion();
    }
}
