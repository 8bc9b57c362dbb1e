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
    private final long key;
    private final Connection connection;
    // The session as it came, and as scripts find it.
    private final String hosts;
    private final String restore;
    private final long lockTimeoutMillis;

    private PostgresSession(AdvisoryLock lock, long key, @Nullable Duration lockTimeout) throws SQLException {
        this.lock = lock;
        this.key = key;
        this.connection = lock.session();
        this.lockTimeoutMillis = lockTimeout == null ? 0 : lockTimeout.toMillis();
        this.hosts = "reset session authorization; reset role; reset all" + settingsOfTheHost();
        // Of the session and not of each transaction, which would cost every script a trip.
        this.restore = hosts + "; set lock_timeout = " + lockTimeoutMillis;
        execute("set lock_timeout = " + lockTimeoutMillis);
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
            boolean twice = "true".equals(SchemaHistory.one(lock.session(), "select " + locks(key) + "::text"));
            requireOneSession(lock, twice, key, options, history);
            requireWritable(lock.session(), history);
            return new PostgresSession(lock, key, options.lockTimeout());
        } catch (SQLException | RuntimeException e) {
            release(lock, key);
            throw e;
        }
    }

    private static String locks(long key) {
        return "pg_catalog.pg_try_advisory_lock('" + key + "'::bigint)";
    }

    private static String unlocks(long key) {
        return "pg_catalog.pg_advisory_unlock('" + key + "'::bigint)";
    }

    // A session that holds a lock twice can give it back once to learn that it has it, and others still cannot take it.
    // pg_locks would tell the same, but halts all of the server's locking while it is read.
    private static String fence(long key) {
        return "case when " + unlocks(key) + " then " + locks(key) + " else false end";
    }

    // What a session holds must still be there in its next transaction.
    private static void requireOneSession(
            AdvisoryLock lock, boolean twice, long key, MigrationOptions options, TableName history)
            throws SQLException {
        Set<String> backends = new HashSet<>();
        boolean held = twice;
        for (int i = 0; i < LOOKS_FOR_A_POOLER; i++) {
            backends.add(String.valueOf(SchemaHistory.one(lock.session(), "select pg_backend_pid()")));
            held &= "true".equals(SchemaHistory.one(lock.session(), "select (" + fence(key) + ")::text"));
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
    }

    @Override
    public void beginAlone(boolean patient) throws SQLException {
        execute("set lock_timeout = " + (patient ? 0 : lockTimeoutMillis));
    }

    @Override
    public void change(SqlStatement statement) throws SQLException {
        execute(statement.text());
    }

    @Override
    public void restore() throws SQLException {
        execute(restore);
    }

    @Override
    public String restoring() {
        return restore;
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
        return fence(key);
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
            execute("close all; " + hosts + "; " + DISCARD);
        } catch (SQLException e) {
            LOG.debug("the session of a run broke before it was reset", e);
        }
        release(lock, key);
    }

    private static void release(AdvisoryLock lock, long key) {
        try (lock) {
            SchemaHistory.one(lock.session(), "select " + unlocks(key));
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
