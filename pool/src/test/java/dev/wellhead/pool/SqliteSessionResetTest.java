package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqliteSessionResetTest {
    private static final String CANNOT_RESET =
            "the session may have been changed by SQL, and this database cannot reset it";

    private final List<String> discarded = new CopyOnWriteArrayList<>();
    private final TestDatabase database = TestDatabase.sqlite();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        database.close();
    }

    private ConnectionPool.Builder pool() {
        return ConnectionPool.builder(database.url())
                .name("lite")
                .maxSize(1)
                .minIdle(0)
                .acquireTimeout(Duration.ofSeconds(30))
                .listener(new PoolListener() {
                    @Override
                    public void connectionDiscarded(String pool, String reason) {
                        discarded.add(reason);
                    }
                });
    }

    private static void run(ConnectionPool pool, String... statements) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.executeUpdate(sql);
            }
        }
    }

    private static String one(ConnectionPool pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    @Test
    void pragmaOfABorrowerIsNotSeenByTheNext() throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            String before = one(pool, "pragma cache_size");

            run(pool, "pragma cache_size = 77");

            assertThat(one(pool, "pragma cache_size")).isEqualTo(before).isNotEqualTo("77");
            assertThat(discarded).containsExactly(CANNOT_RESET);
        }
    }

    @Test
    void pragmaHiddenInAScriptIsNotSeenByTheNext() throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            run(pool, "create table t (id int); /* quietly */ pragma cache_size = 77");

            assertThat(one(pool, "select count(*) from t")).isEqualTo("0");
            assertThat(one(pool, "pragma cache_size")).isNotEqualTo("77");
        }
    }

    @Test
    void temporaryTableIsGone() throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            run(pool, "create temp table mine (id int)", "create table temp.too (id int)");

            assertThat(one(pool, "select count(*) from sqlite_temp_schema")).isEqualTo("0");
        }
    }

    @Test
    void attachedDatabaseIsGone() throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            run(pool, "attach '" + folder.resolve("other.db") + "' as other", "create table other.t (id int)");

            assertThat(one(pool, "select count(*) from pragma_database_list where name = 'other'"))
                    .isEqualTo("0");
            assertThatThrownBy(() -> one(pool, "select count(*) from other.t")).hasMessageContaining("no such table");
        }
    }

    @Test
    void openTransactionIsRolledBackBeforeTheConnectionIsClosed() throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            run(pool, "create table t (id int)");

            run(pool, "pragma cache_size = 77", "begin", "insert into t values (1)");

            database.execute("insert into t values (2)");
            assertThat(database.queryOne("select group_concat(id) from t")).isEqualTo("2");
        }
    }

    @Test
    void transactionBegunInAScriptIsRolledBackAndItsConnectionKept() throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            run(pool, "create table t (id int)");

            run(pool, "select 1; begin; insert into t values (1)");

            database.execute("insert into t values (2)");
            assertThat(one(pool, "select group_concat(id) from t")).isEqualTo("2");
            assertThat(discarded).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table u (temp text); insert into u values ('pragma cache_size = 77')",
                "pragma user_version = 7",
                "pragma wal_checkpoint(truncate)",
                "create trigger r after insert on t begin update t set id = 1; end"
            })
    void whatChangesTheFileOnlyKeepsTheConnection(String sql) throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            run(pool, "create table t (id int)");

            run(pool, sql);

            assertThat(one(pool, "select 1")).isEqualTo("1");
            assertThat(discarded).isEmpty();
            assertThat(pool.stats().created()).isEqualTo(1);
        }
    }

    @Test
    void neverLeavesTheConnectionAsItIs() throws SQLException {
        try (ConnectionPool pool = pool().sessionReset(SessionReset.NEVER).build()) {
            run(pool, "pragma cache_size = 77");

            assertThat(one(pool, "pragma cache_size")).isEqualTo("77");
        }
    }

    @Test
    void alwaysReplacesEveryConnectionThatWasUsed() throws SQLException {
        try (ConnectionPool pool = pool().sessionReset(SessionReset.ALWAYS).build()) {
            one(pool, "select 1");
            one(pool, "select 1");
            pool.getConnection().close();
            pool.getConnection().close();

            assertThat(discarded).containsExactly(CANNOT_RESET, CANNOT_RESET);
            assertThat(pool.stats().created()).isEqualTo(3);
        }
    }

    @Test
    void connectionInitHoldsForTheReplacement() throws SQLException {
        try (ConnectionPool pool =
                pool().connectionInit("pragma cache_size = 33").build()) {
            assertThat(one(pool, "pragma cache_size")).isEqualTo("33");

            run(pool, "pragma cache_size = 77");

            assertThat(one(pool, "pragma cache_size")).isEqualTo("33");
        }
    }

    @Test
    void readerThatLearnedToWriteIsReplaced() throws SQLException {
        try (SqliteDatabase lite = SqliteDatabase.open(folder.resolve("app.db"))) {
            run(lite.writer(), "create table t (id int)");

            run(lite.readers(), "pragma query_only = 0", "insert into t values (1)");

            for (int i = 0; i < 8; i++) {
                assertThatThrownBy(() -> run(lite.readers(), "insert into t values (2)"))
                        .isInstanceOf(SQLException.class);
            }
        }
    }
}
