package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A pool on a PostgreSQL database that is empty, and the check that whatever was done through it left no trace in it. All
 * tests use one database, one after the other.
 */
final class PooledDatabase implements AutoCloseable {
    static final int MAX_SIZE = 4;

    /** What a session is, as JDBC and as the server see it; every setting of the server is among it. */
    private static final String SESSION = """
            select 'setting ' || name, setting from pg_settings
            union all select 'cursors', count(*)::text from pg_cursors
            union all select 'locks', count(*)::text from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'
            union all select 'channels', count(*)::text from pg_listening_channels()
            union all select 'temporary tables', count(*)::text from pg_class where relnamespace = pg_my_temp_schema()
            """;

    private static final String OTHERS_AT_WORK = "select count(*) from pg_stat_activity"
            + " where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'";

    private static final String CUT_OFF_OTHERS = "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            + " where datname = current_database() and pid <> pg_backend_pid()";

    // Goes with its server when the JVM ends; a new one for each test would take most of the time.
    private static final TestDatabase DATABASE = TestDatabase.postgres();

    final TestDatabase database = DATABASE;
    final WatchedDriver driver = new WatchedDriver(database);
    final ConnectionPool pool = ConnectionPool.builder(driver)
            .name("compatibility")
            .maxSize(MAX_SIZE)
            .minIdle(0)
            .withoutSlowQueries()
            .build();

    PooledDatabase() {
        database.execute("drop schema public cascade", "create schema public");
    }

    /** Cuts off every session but the one that does it, as a restart of the server would. */
    void cutOffSessions() {
        database.queryOne(CUT_OFF_OTHERS);
    }

    /**
     * Checks that everything came back, and that every connection of the pool, as the next borrowers get it, is like one
     * that was never used.
     */
    void assertPristine() throws SQLException {
        assertThat(pool.borrowed()).isEmpty();
        assertThat(pool.stats().active()).isZero();
        // One whom a returned connection served may have had one opened before, which is still on its way.
        await().until(() -> pool.stats().connecting() == 0);
        assertThat(driver.openStatements()).isEmpty();
        assertThat(database.queryOne(OTHERS_AT_WORK)).isEqualTo("0");

        Map<String, String> untouched;
        try (Connection unpooled = database.dataSource().getConnection()) {
            untouched = state(unpooled);
        }
        List<Connection> next = new ArrayList<>();
        try {
            for (int i = pool.stats().idle(); i > 0; i--) {
                next.add(pool.getConnection());
            }
            assertThat(next).isNotEmpty();
            for (Connection each : next) {
                assertThat(differences(untouched, state(each))).isEmpty();
            }
        } finally {
            for (Connection each : next) {
                each.close();
            }
        }
    }

    private static List<String> differences(Map<String, String> wanted, Map<String, String> found) {
        Set<String> names = new TreeSet<>(wanted.keySet());
        names.addAll(found.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(wanted.get(name), found.get(name)))
                .map(name -> name + " is " + found.get(name) + ", should be " + wanted.get(name))
                .toList();
    }

    private static Map<String, String> state(Connection connection) throws SQLException {
        Map<String, String> state = new TreeMap<>();
        state.put("autocommit", String.valueOf(connection.getAutoCommit()));
        state.put("isolation", String.valueOf(connection.getTransactionIsolation()));
        state.put("read-only", String.valueOf(connection.isReadOnly()));
        state.put("catalog", connection.getCatalog());
        state.put("schema", connection.getSchema());
        state.put("holdability", String.valueOf(connection.getHoldability()));
        state.put("network timeout", String.valueOf(connection.getNetworkTimeout()));
        state.put("type map", String.valueOf(connection.getTypeMap()));
        state.put("client info", String.valueOf(connection.getClientInfo()));
        state.put("warnings", String.valueOf(connection.getWarnings()));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SESSION)) {
            while (rows.next()) {
                state.put(rows.getString(1), rows.getString(2));
            }
        }
        return state;
    }

    @Override
    public void close() {
        pool.close();
    }
}
