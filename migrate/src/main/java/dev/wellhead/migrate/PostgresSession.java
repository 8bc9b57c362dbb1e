package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.AdvisoryLock;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.TableName;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.internal.SqlStatement;
import dev.wellhead.migrate.internal.lint.StatementLocks;
import dev.wellhead.migrate.internal.lint.TableLock;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final int LOOKS_FOR_A_POOLER = 3;
    private static final String DISCARD = "deallocate all; unlisten *; discard temp; discard sequences";
    // The texts in what others run are left out: they may hold anything.
    private static final String SUSPECTS = """
            select string_agg(format('process %s (%s, %s) holds %s since %s s, its query: %s', s.pid,
                coalesce(nullif(s.application_name, ''), 'unnamed'), s.state, s.held, s.age, s.query),
                '; ' order by s.age desc)
            from (
                select a.pid, a.application_name, a.state,
                    string_agg(distinct l.relation::regclass::text, ', ') as held,
                    round(extract(epoch from clock_timestamp() - a.xact_start)) as age,
                    left(regexp_replace(regexp_replace(a.query, '\\u0027[^\\u0027]*\\u0027', '?', 'g'),
                        '[[:space:]]+', ' ', 'g'), 120) as query
                from pg_catalog.pg_stat_activity a
                join pg_catalog.pg_locks l on l.pid = a.pid and l.granted and l.locktype = 'relation'
                where a.pid <> pg_backend_pid() and a.datname = current_database() and l.relation >= 16384
                    and (cast(? as text[]) = '{}' or l.relation in
                        (select to_regclass(name)::oid from unnest(cast(? as text[])) name))
                group by a.pid, a.application_name, a.state, a.xact_start, a.query
                order by a.xact_start
                limit 3) s""";
    private static final String THIS_SESSION = "select pid || '@' || backend_start::text"
            + " from pg_catalog.pg_stat_activity where pid = pg_backend_pid()";

    private final AdvisoryLock lock;
    private final Connection connection;
    private final String timeouts;
    private final String restore;
    private final long lockTimeoutMillis;
    private final String fence;

    private PostgresSession(AdvisoryLock lock, String fence, @Nullable Duration lockTimeout) throws SQLException {
        this.lock = lock;
        this.connection = lock.session();
        // A role's statement_timeout is meant for requests; a migration may take its time.
        this.lockTimeoutMillis = lockTimeout == null ? 0 : lockTimeout.toMillis();
        this.timeouts = "set local statement_timeout = 0"
                + (lockTimeout == null ? "" : "; set local lock_timeout = " + lockTimeoutMillis);
        this.fence = fence;
        this.restore = "reset session authorization; reset role; reset all" + settingsOfTheHost();
    }

    /** Waits for the turn; null as soon as it is needless. */
    static @Nullable PostgresSession acquire(MigrationOptions options, TableName history, AdvisoryLock.Look look)
            throws SQLException {
        AtomicBoolean needless = new AtomicBoolean();
        AdvisoryLock.Look remembering = session -> {
            needless.set(look.isNeedless(session));
            return needless.get();
        };
        long key = AdvisoryLock.key("wellhead migrate", history.schema(), history.name());
        AdvisoryLock lock =
                AdvisoryLock.acquire(options.dataSource(), key, options.lockWait(), options.ticker(), remembering);
        if (lock == null && needless.get()) {
            return null;
        }
        if (lock == null) {
            throw noTurn(options, history, key);
        }
        try {
            // A bigint key is stored in two halves, marked by objsubid 1.
            String fence = "exists (select 1 from pg_catalog.pg_locks where locktype = 'advisory' and granted"
                    + " and pid = pg_catalog.pg_backend_pid() and objsubid = 1"
                    + " and classid = " + (key >>> 32) + "::oid and objid = " + (key & 0xffff_ffffL) + "::oid)";
            requireOneSession(lock, fence, options, history);
            requireWritable(lock.session(), history);
            return new PostgresSession(lock, fence, options.lockTimeout());
        } catch (SQLException | RuntimeException e) {
            close(lock);
            throw e;
        }
    }

    // What a session holds must still be there in its next transaction.
    private static void requireOneSession(AdvisoryLock lock, String fence, MigrationOptions options, TableName history)
            throws SQLException {
        Set<String> backends = new HashSet<>();
        boolean held = true;
        for (int i = 0; i < LOOKS_FOR_A_POOLER; i++) {
            backends.add(String.valueOf(SchemaHistory.one(lock.session(), "select pg_backend_pid()")));
            held &= "true".equals(SchemaHistory.one(lock.session(), "select (" + fence + ")::text"));
        }
        if (held && backends.size() == 1 && !PooledSession.isShared(lock.session(), options.dataSource())) {
            return;
        }
        throw new MigrationException(
                Reason.POOLED,
                "history " + history + ": the connection is one to a pooler that changes sessions between transactions,"
                        + " as PgBouncer in transaction mode, so the lock of the run cannot be kept ("
                        + backends.size() + " server processes in " + LOOKS_FOR_A_POOLER + " looks, lock "
                        + (held ? "held" : "lost")
                        + "); nothing was run; give the migrator a data source that connects straight to PostgreSQL");
    }

    private static void requireWritable(Connection connection, TableName history) throws SQLException {
        String standby = SchemaHistory.one(connection, "select pg_is_in_recovery()::text");
        if ("true".equals(standby)) {
            throw new MigrationException(
                    Reason.READ_ONLY,
                    "history " + history + ": this server is a standby, which takes no writes; nothing was run;"
                            + " connect to the primary (targetServerType=primary in the URL chooses it)");
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
    public void beginAlone(boolean patient) throws SQLException {
        execute("set statement_timeout = 0; set lock_timeout = " + (patient ? 0 : lockTimeoutMillis));
    }

    @Override
    public void change(SqlStatement statement) throws SQLException {
        execute(statement.text());
    }

    @Override
    public void restore() throws SQLException {
        execute(connection.getAutoCommit() ? restore : restore + "; " + timeouts);
    }

    @Override
    public String objection() {
        return "";
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
    public String fence() {
        return fence;
    }

    @Override
    public String backend() throws SQLException {
        String backend = SchemaHistory.one(connection, THIS_SESSION);
        return backend == null ? "unknown" : backend;
    }

    @Override
    public StatementProbe probe() {
        return new PostgresProbe(connection);
    }

    @Override
    public boolean mayHaveCompany() {
        return false;
    }

    @Override
    public String suspects(String sql) {
        try {
            List<String> tables =
                    StatementLocks.of(sql).stream().map(TableLock::table).toList();
            String found = suspectsAt(tables);
            return found.isEmpty() && !tables.isEmpty() ? suspectsAt(List.of()) : found;
        } catch (SQLException e) {
            LOG.debug("who blocks could not be found out", e);
            return "";
        }
    }

    private String suspectsAt(List<String> tables) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SUSPECTS)) {
            Array names = connection.createArrayOf("text", tables.toArray());
            query.setArray(1, names);
            query.setArray(2, names);
            try (ResultSet row = query.executeQuery()) {
                String found = row.next() ? row.getString(1) : null;
                return found == null ? "" : found;
            }
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
