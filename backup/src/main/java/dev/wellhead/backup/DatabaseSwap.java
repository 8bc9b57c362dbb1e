package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Puts a restored database in the place of one that is there: both are renamed in one transaction, so that at each moment one of
 * them, whole, has the name. The old one is kept under another name. For one restore, of one thread.
 */
final class DatabaseSwap {
    private static final String STAMP =
            "select to_char(clock_timestamp() at time zone 'UTC', 'YYYYMMDD\"T\"HH24MISS\"Z\"')";
    private static final String IN_USE = "55006";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    // What PostgreSQL takes of a name.
    private static final int MOST_BYTES = 63;

    private final DirectDataSource dataSource;
    private final String name;
    private final String fresh;
    private final Duration patience;

    /** @param name of the database that is to be replaced */
    DatabaseSwap(DirectDataSource dataSource, String name) {
        this(dataSource, name, PATIENCE);
    }

    /** @param patience how long to wait for others to leave the database */
    DatabaseSwap(DirectDataSource dataSource, String name, Duration patience) {
        this.dataSource = dataSource;
        this.name = name;
        this.patience = patience;
        this.fresh = named(
                "_restoring_" + UUID.randomUUID().toString().replace("-", "").substring(0, 8));
    }

    /** Returns the name under which the new database is to be made. */
    String fresh() {
        return fresh;
    }

    /**
     * Looks whether the database may be replaced, before anything is made.
     *
     * @throws BackupException if the token is not the one of this database as it is now, or somebody is connected to it
     */
    void require(String backup, String token) throws SQLException {
        String wanted;
        long objects;
        try (Connection connection = PostgresSession.open(dataSource.onDatabase(name))) {
            objects = Catalog.of(connection).describe().size() + LargeObjects.number(connection);
            wanted = PostgresSession.queryOne(connection, "select system_identifier from pg_control_system()") + "/"
                    + name + "/" + objects;
        }
        if (!token.equals(wanted)) {
            throw new BackupException(
                    Kind.TARGET_TAKEN,
                    "restore of " + backup + ": database " + name + " is there and has " + objects
                            + " objects, and the token given is not its token; to replace it, whose old state is then kept"
                            + " under another name, pass '" + wanted + "'");
        }
        try (Connection server = maintenance()) {
            List<String> sessions = sessions(server);
            if (!sessions.isEmpty()) {
                throw inUse(backup, sessions, "; nothing was changed", null);
            }
        }
    }

    /**
     * Gives the new database the name, and returns the one that the old one has now.
     *
     * @throws BackupException if somebody stays connected to the old one; both are then as they were
     */
    String swap(String backup) throws SQLException {
        try (Connection server = maintenance()) {
            String kept = named("_replaced_" + PostgresSession.queryOne(server, STAMP));
            server.setAutoCommit(false);
            long begun = System.nanoTime();
            while (true) {
                try {
                    rename(server, name, kept);
                    rename(server, fresh, name);
                    server.commit();
                    return kept;
                } catch (SQLException e) {
                    server.rollback();
                    boolean patient = System.nanoTime() - begun < patience.toNanos()
                            && !Thread.currentThread().isInterrupted();
                    if (!SqlErrors.state(e).equals(IN_USE)) {
                        throw e;
                    }
                    if (!patient) {
                        String rest = "; the restored one is whole and stays as " + fresh
                                + ": once nobody is connected rename both, or drop that one";
                        throw inUse(backup, sessions(server), rest, e);
                    }
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private BackupException inUse(String backup, List<String> sessions, String rest, @Nullable SQLException cause) {
        return new BackupException(
                Kind.TARGET_TAKEN,
                "restore of " + backup + ": database " + name + " is in use by " + sessions.size() + " sessions ("
                        + String.join(", ", sessions.subList(0, Math.min(5, sessions.size())))
                        + "); stop the services that use it" + rest,
                cause);
    }

    private List<String> sessions(Connection server) throws SQLException {
        return PostgresSession.queryAll(
                server,
                "select 'pid ' || pid || coalesce(' of ' || nullif(application_name, ''), '') from pg_stat_activity"
                        + " where datname = " + Identifiers.literal(name)
                        + " and pid <> pg_backend_pid() order by pid");
    }

    private static void rename(Connection server, String from, String to) throws SQLException {
        PostgresSession.execute(
                server, "alter database " + Identifiers.quote(from) + " rename to " + Identifiers.quote(to));
    }

    // Whoever renames a database must be in another one.
    private Connection maintenance() throws SQLException {
        return PostgresSession.open(dataSource.onDatabase(name.equals("postgres") ? "template1" : "postgres"));
    }

    private String named(String suffix) {
        String base = name;
        while ((base + suffix).getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            base = base.substring(0, base.offsetByCodePoints(base.length(), -1));
        }
        return base + suffix;
    }
}
