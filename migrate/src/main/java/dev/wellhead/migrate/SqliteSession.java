package dev.wellhead.migrate;

import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run on SQLite: a lock file keeps other runs out, BEGIN IMMEDIATE every other writer. Transactions are begun and ended
 * by SQL, since JDBC has no immediate ones. Scripts cannot change the connection: the lexer refuses what would.
 */
final class SqliteSession implements RunSession {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteSession.class);
    // SQLite waits asleep in native code, which would pin a virtual thread: so briefly there, and the rest parked here.
    private static final int NATIVE_WAIT_MILLIS = 50;
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Connection connection;
    // Null for a database in memory, which no other process can reach.
    private final @Nullable RunLockFile lock;
    private final @Nullable Duration lockTimeout;
    private final Ticker ticker;
    private final int busyTimeoutBefore;
    private final Set<String> temporaryBefore;
    private boolean inTransaction;

    private SqliteSession(Connection connection, @Nullable RunLockFile lock, MigrationOptions options)
            throws SQLException {
        this.connection = connection;
        this.lock = lock;
        this.lockTimeout = options.lockTimeout();
        this.ticker = options.ticker();
        this.busyTimeoutBefore = Integer.parseInt(column("pragma busy_timeout").get(0));
        this.temporaryBefore = Set.copyOf(temporary());
        execute("pragma busy_timeout = " + NATIVE_WAIT_MILLIS);
    }

    static SqliteSession acquire(MigrationOptions options) throws SQLException {
        Connection connection = options.dataSource().getConnection();
        RunLockFile lock = null;
        try {
            connection.setAutoCommit(true);
            String file = fileOf(connection);
            lock = file.isEmpty() ? null : RunLockFile.acquire(Path.of(file), options);
            return new SqliteSession(connection, lock, options);
        } catch (SQLException | RuntimeException e) {
            close(connection);
            if (lock != null) {
                lock.close();
            }
            throw e;
        }
    }

    private static String fileOf(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select file from pragma_database_list where name = 'main'")) {
            String file = row.next() ? row.getString(1) : null;
            return file == null ? "" : file;
        }
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void begin() throws SQLException {
        executeWhenFree("begin immediate");
        inTransaction = true;
    }

    @Override
    public void restore() {
        // Scripts that would change the connection are refused.
    }

    @Override
    public void commit() throws SQLException {
        // Without a write-ahead log a commit waits for readers; the transaction stays open meanwhile.
        executeWhenFree("commit");
        inTransaction = false;
    }

    @Override
    public void rollback() throws SQLException {
        if (inTransaction) {
            inTransaction = false;
            try {
                execute("rollback");
            } catch (SQLException e) {
                // Some errors, as a full disk, have ended the transaction already.
                LOG.debug("nothing left to roll back", e);
            }
        }
    }

    @Override
    public void reset() throws SQLException {
        for (String drop : temporary()) {
            if (!temporaryBefore.contains(drop)) {
                execute(drop);
            }
        }
    }

    // What it takes to drop each temporary object; its indexes and triggers go with a table.
    private List<String> temporary() throws SQLException {
        List<String> drops = new ArrayList<>();
        for (String kind : List.of("table", "view", "trigger")) {
            for (String name : column("select name from temp.sqlite_master where type = '" + kind
                    + "' and name not like 'sqlite\\_%' escape '\\'")) {
                drops.add("drop " + kind + " if exists temp." + Identifiers.quote(name));
            }
        }
        return drops;
    }

    @Override
    public boolean isAlone() {
        return true;
    }

    @Override
    public boolean mayHaveCompany() {
        return true;
    }

    @Override
    public String suspects() {
        return "";
    }

    @Override
    public void close() {
        try {
            rollback();
            reset();
            execute("pragma busy_timeout = " + busyTimeoutBefore);
        } catch (SQLException e) {
            LOG.debug("a connection broke before it was closed", e);
        }
        close(connection);
        if (lock != null) {
            lock.close();
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection could not be closed", e);
        }
    }

    private void executeWhenFree(String sql) throws SQLException {
        long began = ticker.nanos();
        while (true) {
            try {
                execute(sql);
                return;
            } catch (SQLException e) {
                boolean late = lockTimeout != null && ticker.nanos() - began >= lockTimeout.toNanos();
                if (!SqlErrors.isSqliteBusy(e) || late || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(1, LONGEST_PAUSE_NANOS));
            }
        }
    }

    private List<String> column(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
