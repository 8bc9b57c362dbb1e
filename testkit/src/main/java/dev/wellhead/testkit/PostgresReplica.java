package dev.wellhead.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A streaming standby of a {@link PostgresServer}: it takes reads, refuses writes with SQLState 25006, and can be
 * promoted. Roles, passwords and databases are the primary's. Made by {@link PostgresServer#replica()}.
 *
 * <p>Controls are for one thread at a time; the rest is thread-safe.
 */
public final class PostgresReplica implements AutoCloseable {
    /*
     * There is no pg_basebackup among the programs that we have, so the copy is made as its manual describes it for
     * those without: pg_backup_start, copy every file while the server goes on, pg_backup_stop in the same session. What
     * changed under the copying hands is made whole by replaying the WAL written meanwhile, which the replication slot
     * keeps on the primary until the standby has fetched it.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration DROP_PATIENCE = Duration.ofSeconds(10);

    // Of these only the folder is copied: each server fills its own.
    private static final Set<String> EMPTY_FOLDERS = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");
    private static final Set<String> NOT_COPIED = Set.of(
            "postmaster.pid",
            "postmaster.opts",
            "current_logfiles",
            "standby.signal",
            "recovery.signal",
            "backup_label",
            "tablespace_map",
            "pg_internal.init");

    private final PostgresServer primary;
    private final PostgresServer standby;
    private final String slot;

    private PostgresReplica(PostgresServer primary, PostgresServer standby, String slot) {
        this.primary = primary;
        this.standby = standby;
        this.slot = slot;
    }

    static PostgresReplica of(PostgresServer primary) {
        Path home = WorkDirectory.fresh("postgres-replica");
        String slot = "replica_" + UUID.randomUUID().toString().replace('-', '_');
        try {
            primary.administrate("select pg_create_physical_replication_slot('" + slot + "', true)");
            copy(primary, home);
            Files.createFile(home.resolve("data").resolve("standby.signal"));
            PostgresServer standby = primary.startCopy(
                    home,
                    Map.of(
                            "primary_conninfo",
                            connectionInfo(primary, passwordFile(primary, home)),
                            "primary_slot_name",
                            slot,
                            "hot_standby",
                            "on"));
            return new PostgresReplica(primary, standby, slot);
        } catch (IOException e) {
            WorkDirectory.delete(home);
            dropSlot(primary, slot);
            throw new UncheckedIOException("cannot copy the data of PostgreSQL on port " + primary.port(), e);
        } catch (SQLException | RuntimeException e) {
            WorkDirectory.delete(home);
            dropSlot(primary, slot);
            throw new IllegalStateException("cannot start a replica of PostgreSQL on port " + primary.port(), e);
        }
    }

    /** Returns the standby as a server: to connect to it, to stop, kill or pause it. Close the replica instead of it. */
    public PostgresServer server() {
        return standby;
    }

    /** Returns the JDBC URL of one of the databases, without user and password. */
    public String url(String database) {
        return standby.url(database);
    }

    /** Opens a new connection as superuser to one of the databases. */
    public Connection connect(String database) throws SQLException {
        return standby.connect(database);
    }

    /**
     * Waits until this standby shows everything that was committed at the primary before the call.
     *
     * @throws IllegalStateException if it does not within 60 s, or if the primary does not answer
     */
    public void awaitCaughtUp() {
        String position;
        try (Connection connection = primary.connect("postgres")) {
            position = queryOne(connection, "select pg_current_wal_flush_lsn()");
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL on port " + primary.port() + ": no position in the WAL", e);
        }
        Polling.until("standby on port " + standby.port() + " caught up", PATIENCE, () -> {
            try (Connection connection = standby.connect("postgres")) {
                String replayed = queryOne(connection, "select pg_last_wal_replay_lsn()");
                String caughtUp = queryOne(connection, "select pg_last_wal_replay_lsn() >= '" + position + "'::pg_lsn");
                return "t".equals(caughtUp) ? null : "at " + replayed + ", wanted " + position;
            }
        });
    }

    /**
     * Makes the standby a primary; returns when it takes writes. The old primary is told nothing: kill it, or have two.
     *
     * @throws IllegalStateException if it does not become one within 60 s
     */
    public void promote() {
        standby.administrate("select pg_promote(false)");
        Polling.until("standby on port " + standby.port() + " promoted", PATIENCE, () -> {
            try (Connection connection = standby.connect("postgres")) {
                return "f".equals(queryOne(connection, "select pg_is_in_recovery()")) ? null : "still in recovery";
            }
        });
    }

    /**
     * Stops the standby, removes its data, and has the primary forget it if that one runs. Idempotent.
     *
     * @throws IllegalStateException if the primary runs and does not answer within 10 s, as one that is paused
     */
    @Override
    public void close() {
        standby.close();
        dropSlot(primary, slot);
    }

    private static void dropSlot(PostgresServer primary, String slot) {
        if (!primary.isRunning()) {
            // The slot will hold back WAL if the primary is ever started again; nobody else could see it.
            return;
        }
        String url = primary.url("postgres") + "?connectTimeout=2&socketTimeout=2";
        // The primary may need a moment to see that the standby has gone.
        Polling.until("replication slot " + slot + " dropped; is its primary paused?", DROP_PATIENCE, () -> {
            try (Connection connection = DriverManager.getConnection(url, primary.user(), primary.password());
                    PreparedStatement drop = connection.prepareStatement(
                            "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                                    + " where slot_name = ?")) {
                drop.setString(1, slot);
                drop.execute();
                return null;
            }
        });
    }

    private static void copy(PostgresServer primary, Path home) throws IOException, SQLException {
        Path target = home.resolve("data");
        try (Connection connection = primary.connect("postgres")) {
            // The names are new in version 15, which has only what was called non-exclusive before.
            boolean old = connection.getMetaData().getDatabaseMajorVersion() < 15;
            String label = "'wellhead testkit'";
            queryOne(
                    connection,
                    old
                            ? "select pg_start_backup(" + label + ", true, false)"
                            : "select pg_backup_start(" + label + ", true)");
            Files.createDirectory(
                    target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            copyFiles(primary.data(), target);
            List<String> tablespaces = copyTablespaces(primary.data(), home);
            try (PreparedStatement stop = connection.prepareStatement("select labelfile from "
                            + (old ? "pg_stop_backup(false, false)" : "pg_backup_stop(false)"));
                    ResultSet rows = stop.executeQuery()) {
                rows.next();
                Files.writeString(target.resolve("backup_label"), rows.getString(1));
            }
            if (!tablespaces.isEmpty()) {
                Files.write(target.resolve("tablespace_map"), tablespaces);
            }
        }
    }

    /** Files come, go and change meanwhile; those that have gone are missed by nobody. */
    private static void copyFiles(Path from, Path to) throws IOException {
        Path control = Path.of("global", "pg_control");
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Path relative = from.relativize(folder);
                if (relative.getFileName().toString().startsWith("pgsql_tmp")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(relative.toString()));
                return EMPTY_FOLDERS.contains(relative.toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path relative = from.relativize(file);
                // The links to tablespaces are made anew by the standby, from the map.
                if (!attributes.isSymbolicLink()
                        && !NOT_COPIED.contains(relative.getFileName().toString())
                        && !relative.equals(control)) {
                    copyUnlessGone(file, to.resolve(relative.toString()));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        if (Files.exists(from.resolve(control))) {
            // Last, as pg_basebackup does: it must not be older than what it speaks of.
            Files.copy(from.resolve(control), to.resolve(control));
        }
    }

    private static void copyUnlessGone(Path file, Path target) throws IOException {
        try {
            Files.copy(file, target);
        } catch (NoSuchFileException e) {
            Files.deleteIfExists(target);
        }
    }

    /** Returns the lines of the tablespace map; on one machine the standby needs folders of its own. */
    private static List<String> copyTablespaces(Path data, Path home) throws IOException {
        List<String> map = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(data.resolve("pg_tblspc"), Files::isSymbolicLink)) {
            for (Path link : entries) {
                Path copy = home.resolve("tablespaces").resolve(link.getFileName());
                copyFiles(link.toRealPath(), copy);
                map.add(link.getFileName() + " " + copy);
            }
        }
        return map;
    }

    private static Path passwordFile(PostgresServer primary, Path home) throws IOException {
        Path file = home.resolve("primary.pgpass");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, "*:*:*:*:" + primary.password() + "\n", StandardCharsets.UTF_8);
        return file;
    }

    private static String connectionInfo(PostgresServer primary, Path passwordFile) {
        String file = passwordFile.toString().replace("\\", "\\\\").replace("'", "\\'");
        return "host=" + primary.host() + " port=" + primary.port() + " user=" + primary.user() + " passfile='" + file
                + "'";
    }

    private static @Nullable String queryOne(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getString(1) : null;
        }
    }
}
