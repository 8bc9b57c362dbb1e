package dev.wellhead.migrate;

import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.internal.AdvisoryLock;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.migrate.internal.SqlStatement;
import dev.wellhead.migrate.internal.SqlTokens;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run on SQLite: a lock file keeps other runs out, BEGIN IMMEDIATE every other writer. Transactions are begun and ended
 * by SQL, since JDBC has no immediate ones. What scripts change of the connection is written down and put back.
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
    // What puts the connection back as it was, by what was changed; the last change is undone first.
    private final Map<String, String> undo = new LinkedHashMap<>();
    // Whether the script at hand decides over foreign keys itself, and how many rows broke them before its transaction.
    private boolean checksForeignKeys;
    private SortedMap<String, Integer> brokenBefore = new TreeMap<>();

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

    /** Waits for the turn; null as soon as it is needless. */
    static @Nullable SqliteSession acquire(MigrationOptions options, AdvisoryLock.Look look) throws SQLException {
        Connection connection = options.dataSource().getConnection();
        RunLockFile lock = null;
        try {
            connection.setAutoCommit(true);
            String file = fileOf(connection);
            if (!file.isEmpty()) {
                lock = RunLockFile.acquire(Path.of(file), options, () -> look.isNeedless(connection));
                if (lock == null) {
                    close(connection);
                    return null;
                }
            }
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
        if (checksForeignKeys) {
            brokenBefore = brokenForeignKeys();
        }
    }

    @Override
    public void beginAlone(boolean patient) {
        // Nothing to prepare: SQLite waits as the busy timeout says.
    }

    @Override
    public void change(SqlStatement statement) throws SQLException {
        SqlTokens tokens = SqlTokens.of(statement.text(), false);
        switch (statement.token(0)) {
            case "PRAGMA" -> changePragma(tokens, statement.text());
            case "ATTACH" -> {
                execute(statement.text());
                int as = tokens.find(1, "AS");
                String name = tokens.name(as + 1).name();
                if (as > 0 && !name.isEmpty()) {
                    undo.putIfAbsent("attached " + name, "detach database " + Identifiers.quote(name));
                }
            }
            default -> {
                execute(statement.text());
                undo.remove(
                        "attached " + tokens.name(tokens.skip(1, "DATABASE")).name());
            }
        }
    }

    private void changePragma(SqlTokens tokens, String sql) throws SQLException {
        SqlTokens.Name name = tokens.name(1);
        String pragma = name.schema().isEmpty()
                ? Identifiers.quote(name.name())
                : Identifiers.quote(name.schema(), name.name());
        boolean sets = name.next() < tokens.size();
        if (sets && !undo.containsKey(pragma)) {
            List<String> before = column("pragma " + pragma);
            if (before.size() == 1 && before.get(0) != null) {
                undo.put(pragma, "pragma " + pragma + " = " + Identifiers.literal(before.get(0)));
            }
        }
        execute(sql);
        checksForeignKeys |= sets && name.name().equalsIgnoreCase("foreign_keys");
    }

    @Override
    public void restore() {
        // Nothing that a script can change reaches the history.
    }

    @Override
    public @Nullable String restoring() {
        return null;
    }

    @Override
    public String objection() throws SQLException {
        if (!checksForeignKeys) {
            return "";
        }
        List<String> worse = new ArrayList<>();
        brokenForeignKeys().forEach((relation, rows) -> {
            int before = brokenBefore.getOrDefault(relation, 0);
            if (rows > before) {
                worse.add(relation + ": " + (rows - before) + " rows");
            }
        });
        return worse.isEmpty()
                ? ""
                : "foreign keys lead nowhere that did not before (" + String.join("; ", worse)
                        + "), as PRAGMA foreign_key_check finds";
    }

    private SortedMap<String, Integer> brokenForeignKeys() throws SQLException {
        SortedMap<String, Integer> broken = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("pragma foreign_key_check")) {
            while (rows.next()) {
                broken.merge(rows.getString(1) + " to " + rows.getString(3), 1, Integer::sum);
            }
        }
        return broken;
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
        List<String> changes = new ArrayList<>(undo.values());
        Collections.reverse(changes);
        for (String change : changes) {
            execute(change);
        }
        undo.clear();
        checksForeignKeys = false;
    }

    // What it takes to drop each temporary object; its indexes and triggers go with a table.
    private List<String> temporary() throws SQLException {
        List<String> drops = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select type, name from temp.sqlite_master"
                        + " where type in ('table', 'view', 'trigger') and name not like 'sqlite\\_%' escape '\\'"
                        + " order by type")) {
            while (row.next()) {
                drops.add("drop " + row.getString(1) + " if exists temp." + Identifiers.quote(row.getString(2)));
            }
        }
        return drops;
    }

    @Override
    public String fence() {
        return "true";
    }

    @Override
    public String backend() {
        return "process " + ProcessHandle.current().pid();
    }

    @Override
    public StatementProbe probe() {
        return new SqliteProbe();
    }

    @Override
    public boolean mayHaveCompany() {
        return true;
    }

    @Override
    public String suspects(String sql) {
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
