package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.TableCopy.Copied;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.AdvisoryLock;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.ScratchDatabase;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL, logically: rows by COPY from one snapshot, the schema by its {@link SchemaPath}. */
final class PostgresEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    private static final String KIND = "postgresql";
    private static final String DUPLICATE_DATABASE = "42P04";
    private static final String NO_SUCH_DATABASE = "3D000";
    private static final long LOCK_KEY = AdvisoryLock.key("wellhead", "backup");

    private final DirectDataSource dataSource;
    private final SchemaPath schema;
    private final Storage storage;
    private final int workers;

    /** @param workers how many tables are copied at a time */
    PostgresEngine(DirectDataSource dataSource, SchemaPath schema, Storage storage, int workers) {
        this.dataSource = dataSource;
        this.schema = schema;
        this.storage = storage;
        this.workers = workers;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public RunnerLock lock() throws SQLException {
        AdvisoryLock lock = AdvisoryLock.tryAcquire(dataSource, LOCK_KEY);
        if (lock == null) {
            try (Connection connection = dataSource.getConnection()) {
                String holder = AdvisoryLock.holder(connection, LOCK_KEY);
                throw new BackupException(
                        Kind.RUNNING_ELSEWHERE,
                        "backup of " + dataSource.url() + ": another one is running, by "
                                + (holder == null ? "somebody who has just finished" : holder)
                                + "; wait for it, or end that session");
            }
        }
        try {
            // It idles while the backup runs.
            PostgresSession.prepare(lock.session());
        } catch (SQLException e) {
            try (lock) {
                throw e;
            }
        }
        return new HeldLock(lock);
    }

    private record HeldLock(AdvisoryLock lock) implements RunnerLock {
        @Override
        public boolean isHeld() {
            return lock.isHeld();
        }

        @Override
        public void close() throws SQLException {
            lock.close();
        }
    }

    @Override
    public Manifest capture(String id, Instant createdAt, Storage.Draft draft, Progress progress)
            throws SQLException, IOException {
        List<Manifest.Part> parts = new ArrayList<>();
        List<Manifest.Table> tables = new ArrayList<>();
        try (PostgresSnapshot snapshot = PostgresSnapshot.open(dataSource)) {
            Connection holder = snapshot.connection();
            String schemaFingerprint = schema.fingerprint(holder);
            SortedSet<String> lines = SchemaLines.of(holder);
            // Before the rows, since it may refuse.
            parts.addAll(schema.capture(holder, draft, progress));
            if (schemaFingerprint.isEmpty()) {
                parts.add(RightsReader.read(holder).write(draft));
            }
            Optional<String> holding = schema.partWithRows();
            List<Copied> contents =
                    new ArrayList<>(new PostgresDump(dataSource, snapshot, draft, holding, workers, progress).run());
            contents.addAll(
                    largeObjects(holder, draft, holding, progress).stream().toList());
            for (Copied copied : contents) {
                copied.part().ifPresent(parts::add);
                tables.add(copied.table());
            }
            List<Manifest.Sequence> sequences = PostgresSequences.all(holder);
            parts.add(SchemaPart.write(draft, lines));
            requireUnchanged(holder, lines);
            return new Manifest(
                    id,
                    KIND,
                    PostgresSession.queryOne(holder, "select current_database()"),
                    createdAt,
                    schemaFingerprint,
                    properties(holder),
                    parts,
                    tables,
                    sequences);
        }
    }

    private static Optional<Copied> largeObjects(
            Connection holder, Storage.Draft draft, Optional<String> holding, Progress progress)
            throws SQLException, IOException {
        return holding.isPresent()
                ? LargeObjects.held(holder, holding.get(), progress)
                : LargeObjects.out(holder, draft, progress);
    }

    @Override
    public List<String> drill(Manifest manifest, Progress progress) throws SQLException, IOException {
        ContentReturn content = contentOf(manifest, Kind.NOT_VERIFIED);
        RightsRestore rights = rightsOf(manifest, true);
        try (Connection server = PostgresSession.open(dataSource)) {
            rights.requireRoles(server, Kind.NOT_VERIFIED, "verification of " + manifest.id());
        }
        try (ScratchDatabase scratch = ScratchDatabase.create(dataSource)) {
            return restoring(manifest, content, rights, progress, scratch.dataSource())
                    .run();
        }
    }

    @Override
    public Outcome restore(Manifest manifest, RestoreTarget target, Progress progress)
            throws SQLException, IOException {
        if (target instanceof RestoreTarget.WithoutPrivileges bare) {
            return restore(manifest, bare.place(), rightsOf(manifest, false), progress);
        }
        return restore(manifest, target, rightsOf(manifest, true), progress);
    }

    private Outcome restore(Manifest manifest, RestoreTarget target, RightsRestore rights, Progress progress)
            throws SQLException, IOException {
        ContentReturn content = contentOf(manifest, Kind.NOT_RESTORED);
        if (target instanceof RestoreTarget.NewDatabase wanted) {
            return restoreNew(manifest, content, rights, wanted.name(), progress);
        }
        if (target instanceof RestoreTarget.ReplacedDatabase wanted) {
            return replace(manifest, content, rights, wanted, progress);
        }
        if (target instanceof RestoreTarget.EmptyDatabase empty) {
            requireEmpty(manifest, empty.dataSource());
            try (Connection connection = PostgresSession.open(empty.dataSource())) {
                Preflight.require(connection, manifest, SchemaPart.read(storage, manifest));
                rights.requireRoles(connection, Kind.NOT_RESTORED, "restore of " + manifest.id());
                rights.requireOwnDatabase(connection, "restore of " + manifest.id());
            }
            List<String> differences = restoring(manifest, content, rights, progress, empty.dataSource())
                    .run();
            return differences.isEmpty()
                    ? Outcome.EQUAL
                    : Outcome.differing(differences, empty + " keeps what was restored; drop it");
        }
        throw new BackupException(
                Kind.WRONG_KIND,
                "backup " + manifest.id() + " is one of PostgreSQL and cannot be restored to " + target
                        + "; use RestoreTarget.newDatabase, emptyDatabase or replacingDatabase");
    }

    private Outcome restoreNew(
            Manifest manifest, ContentReturn content, RightsRestore rights, String name, Progress progress)
            throws SQLException, IOException {
        try (Connection server = serverConnection()) {
            Preflight.require(server, manifest, SchemaPart.read(storage, manifest));
            rights.requireRoles(server, Kind.NOT_RESTORED, "restore of " + manifest.id());
            createDatabase(server, manifest, name);
            List<String> differences;
            try {
                differences = restoring(manifest, content, rights, progress, dataSource.onDatabase(name))
                        .run();
            } catch (SQLException | IOException | RuntimeException e) {
                drop(server, name);
                throw e;
            }
            if (differences.isEmpty()) {
                return Outcome.EQUAL;
            }
            return Outcome.differing(
                    differences,
                    "database " + name
                            + (drop(server, name) ? " was dropped again" : " could not be dropped; drop it by hand"));
        }
    }

    private Outcome replace(
            Manifest manifest,
            ContentReturn content,
            RightsRestore rights,
            RestoreTarget.ReplacedDatabase wanted,
            Progress progress)
            throws SQLException, IOException {
        DatabaseSwap swap = new DatabaseSwap(dataSource, wanted.name());
        swap.require(manifest.id(), wanted.token());
        Outcome outcome = restoreNew(manifest, content, rights, swap.fresh(), progress);
        if (!outcome.differences().isEmpty()) {
            return outcome;
        }
        String kept = swap.swap(manifest.id());
        LOG.info(
                "database {} was replaced by backup {}; what it was is kept as {}: drop that once it is of no use",
                wanted.name(),
                manifest.id(),
                kept);
        return Outcome.keeping(kept);
    }

    private RightsRestore rightsOf(Manifest manifest, boolean given) throws IOException {
        return Rights.areIn(manifest) ? new RightsRestore(Rights.read(storage, manifest), given) : RightsRestore.NONE;
    }

    private PostgresRestore restoring(
            Manifest manifest,
            ContentReturn content,
            RightsRestore rights,
            Progress progress,
            DirectDataSource target) {
        return new PostgresRestore(
                new PostgresRestore.Source(storage, manifest, content, rights), workers, progress, target);
    }

    /** A failure is logged: it must not hide why the database is of no use. */
    private static boolean drop(Connection server, String name) {
        try {
            PostgresSession.execute(server, "drop database if exists " + Identifiers.quote(name) + " with (force)");
            return true;
        } catch (SQLException e) {
            LOG.warn("database {} is half restored and could not be dropped; drop it by hand", name, e);
            return false;
        }
    }

    /** Reaches the server even if the database that was backed up is gone, which is when a restore is needed. */
    private Connection serverConnection() throws SQLException {
        try {
            return PostgresSession.open(dataSource);
        } catch (SQLException e) {
            if (!SqlErrors.state(e).equals(NO_SUCH_DATABASE)) {
                throw e;
            }
            return PostgresSession.open(dataSource.onDatabase("postgres"));
        }
    }

    private static void createDatabase(Connection server, Manifest manifest, String name) throws SQLException {
        try {
            PostgresSession.execute(
                    server,
                    "create database " + Identifiers.quote(name) + " template template0 encoding "
                            + Identifiers.literal(manifest.property("encoding")) + " lc_collate "
                            + Identifiers.literal(manifest.property("collate")) + " lc_ctype "
                            + Identifiers.literal(manifest.property("ctype")));
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(DUPLICATE_DATABASE)) {
                throw new BackupException(
                        Kind.TARGET_TAKEN,
                        "restore of " + manifest.id() + ": database " + name + " exists; choose another name",
                        e);
            }
            throw e;
        }
    }

    private static void requireEmpty(Manifest manifest, DirectDataSource target) throws SQLException {
        SortedSet<String> found;
        try (Connection connection = PostgresSession.open(target)) {
            found = new TreeSet<>(Catalog.of(connection).describe());
            long objects = LargeObjects.number(connection);
            if (objects > 0) {
                found.add("large objects " + objects);
            }
        }
        found.removeIf(line -> line.equals("schema public") || line.startsWith("extension "));
        if (!found.isEmpty()) {
            throw new BackupException(
                    Kind.TARGET_TAKEN,
                    "restore of " + manifest.id() + ": " + target.url() + " is not empty, it has "
                            + Differences.ofSchema(new TreeSet<>(), found).get(0) + " and " + (found.size() - 1)
                            + " more objects; choose an empty database");
        }
    }

    /** Returns how this backup comes back, which is as it was made. */
    private ContentReturn contentOf(Manifest manifest, Kind kind) throws IOException {
        if (ArchivedContent.isIn(manifest)) {
            return ArchivedContent.of(storage, manifest, schema.programs(), workers);
        }
        return new LoadedContent(storage, manifest, schemaOf(manifest, kind), workers);
    }

    private SchemaReturn schemaOf(Manifest manifest, Kind kind) {
        if (manifest.schemaFingerprint().isEmpty()) {
            return DumpedScripts.areIn(manifest) ? new DumpedScripts() : new CarriedSchema();
        }
        Optional<ReplayedSchema> same = schema instanceof ReplayedSchema replayed
                ? replayed.withFingerprint(manifest.schemaFingerprint())
                : Optional.empty();
        return same.orElseThrow(() -> otherSchema(manifest, kind));
    }

    private BackupException otherSchema(Manifest manifest, Kind kind) {
        String now = schema.fingerprint();
        return new BackupException(
                Kind.OTHER_SCHEMA,
                (kind == Kind.NOT_VERIFIED ? "verification of " : "restore of ") + manifest.id()
                        + ": it was made with schema source '" + manifest.schemaFingerprint()
                        + (now.isEmpty() ? "', and there is none now" : "', this is '" + now + "'")
                        + "; use the version of the application that made the backup");
    }

    /** Functions and the like are not locked, and parts of the catalogue are read as they are, whatever the snapshot. */
    private static void requireUnchanged(Connection holder, SortedSet<String> lines) throws SQLException {
        List<String> changes = Differences.ofSchema(lines, SchemaLines.of(holder));
        if (!changes.isEmpty()) {
            throw new SQLException("the schema was changed during the backup: " + String.join("; ", changes));
        }
    }

    private static Map<String, String> properties(Connection holder) throws SQLException {
        String own = " from pg_database where datname = current_database()";
        return Map.of(
                "serverVersion", PostgresSession.queryOne(holder, "show server_version"),
                "encoding", PostgresSession.queryOne(holder, "select pg_encoding_to_char(encoding)" + own),
                "collate", PostgresSession.queryOne(holder, "select datcollate" + own),
                "ctype", PostgresSession.queryOne(holder, "select datctype" + own));
    }
}
