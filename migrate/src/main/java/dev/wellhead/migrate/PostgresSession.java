package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.AdvisoryLock;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.TableName;
import dev.wellhead.migrate.MigrationException.Reason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run on PostgreSQL. The session that works is the one that holds the advisory lock: when the server loses one, it
 * loses the other, and a run that lost its lock cannot commit.
 */
final class PostgresSession implements RunSession {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSession.class);

    // Not DISCARD ALL: that would drop the run's own lock, and what the host set when it connected.
    private static final String DISCARD = "deallocate all; unlisten *; discard temp; discard sequences";
    private static final String SUSPECTS = """
            select string_agg(format('process %s (%s, %s) holds %s since %s s', s.pid,
                coalesce(nullif(s.application_name, ''), 'unnamed'), s.state, s.held, s.age), '; ' order by s.age desc)
            from (
                select a.pid, a.application_name, a.state,
                    string_agg(distinct l.relation::regclass::text, ', ') as held,
                    round(extract(epoch from clock_timestamp() - a.xact_start)) as age
                from pg_catalog.pg_stat_activity a
                join pg_catalog.pg_locks l on l.pid = a.pid and l.granted and l.locktype = 'relation'
                where a.pid <> pg_backend_pid() and a.datname = current_database() and l.relation >= 16384
                group by a.pid, a.application_name, a.state, a.xact_start
                order by a.xact_start
                limit 3) s""";

    private final AdvisoryLock lock;
    private final Connection connection;
    private final String timeouts;
    private final String restore;

    private PostgresSession(AdvisoryLock lock, @Nullable Duration lockTimeout) throws SQLException {
        this.lock = lock;
        this.connection = lock.session();
        // A role's statement_timeout is meant for requests; a migration may take its time.
        this.timeouts = "set local statement_timeout = 0"
                + (lockTimeout == null ? "" : "; set local lock_timeout = " + lockTimeout.toMillis());
        this.restore = "reset session authorization; reset role; reset all" + settingsOfTheHost();
    }

    static PostgresSession acquire(MigrationOptions options, TableName history) throws SQLException {
        long key = AdvisoryLock.key("wellhead migrate", history.schema(), history.name());
        AdvisoryLock lock = AdvisoryLock.acquire(options.dataSource(), key, options.lockWait(), options.ticker());
        if (lock == null) {
            throw noTurn(options, history, key);
        }
        try {
            return new PostgresSession(lock, options.lockTimeout());
        } catch (SQLException | RuntimeException e) {
            close(lock);
            throw e;
        }
    }

    private static MigrationException noTurn(MigrationOptions options, TableName history, long key)
            throws SQLException {
        if (Thread.currentThread().isInterrupted()) {
            return new MigrationException(
                    Reason.RUN_LOCK,
                    "history " + history + ": interrupted while waiting for another run; nothing was run");
        }
        try (Connection connection = options.dataSource().getConnection()) {
            String holder = AdvisoryLock.holder(connection, key);
            return new MigrationException(
                    Reason.RUN_LOCK,
                    "history " + history + ": another run did not end within "
                            + options.lockWait().toMillis() + " ms; it is that of "
                            + (holder == null ? "a process that has just gone" : holder)
                            + "; nothing was run; try again, raise lockWait, or end that process");
        }
    }

    // A pool may have set things when it connected; RESET ALL knows only what came with the connection.
    private String settingsOfTheHost() throws SQLException {
        StringBuilder sql = new StringBuilder();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select name, current_setting(name) from pg_catalog.pg_settings"
                        + " where source = 'session' union all select 'role', current_setting('role')"
                        + " where current_setting('role') <> 'none'")) {
            while (rows.next()) {
                sql.append("; select pg_catalog.set_config(")
                        .append(Identifiers.literal(rows.getString(1)))
                        .append(", ")
                        .append(Identifiers.literal(rows.getString(2)))
                        .append(", false)");
            }
        }
        return sql.toString();
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void begin() throws SQLException {
        connection.setAutoCommit(false);
        execute(timeouts);
    }

    @Override
    public void restore() throws SQLException {
        execute(restore + "; " + timeouts);
    }

    @Override
    public void commit() throws SQLException {
        connection.commit();
        connection.setAutoCommit(true);
    }

    @Override
    public void rollback() throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void reset() throws SQLException {
        execute("close all; " + restore + "; " + DISCARD);
    }

    @Override
    public boolean isAlone() {
        return lock.isHeld();
    }

    @Override
    public boolean mayHaveCompany() {
        return false;
    }

    @Override
    public String suspects() {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SUSPECTS)) {
            String found = row.next() ? row.getString(1) : null;
            return found == null ? "" : found;
        } catch (SQLException e) {
            LOG.debug("who blocks could not be found out", e);
            return "";
        }
    }

    @Override
    public void close() {
        try {
            // A pool may be behind this connection.
            rollback();
            reset();
        } catch (SQLException e) {
            LOG.debug("the session of a run broke before it was reset", e);
        }
        close(lock);
    }

    private static void close(AdvisoryLock lock) {
        try {
            lock.close();
        } catch (SQLException e) {
            LOG.debug("the session of a run broke before it was closed; the server frees its lock", e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }
}
