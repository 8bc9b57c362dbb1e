package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

class PostgresSessionResetTest {
    private static final String LAST_QUERY_OF = "select query from pg_stat_activity where pid = ";

    private final List<String> discarded = new CopyOnWriteArrayList<>();
    private TestDatabase database;

    @BeforeEach
    void open() {
        database = TestDatabase.postgres();
        database.execute("create schema app", "create schema other", "create table notes (id int, body text)");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private ConnectionPool.Builder pool() {
        return configured(ConnectionPool.builder(database.url()).credentials(database.user(), database.password()));
    }

    private ConnectionPool.Builder configured(ConnectionPool.Builder builder) {
        return builder.name("pg")
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

    private static String run(ConnectionPool pool, String... statements) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            return pid(connection);
        }
    }

    private static String pid(Connection connection) throws SQLException {
        return String.valueOf(connection.unwrap(PGConnection.class).getBackendPID());
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static String one(ConnectionPool pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return one(connection, sql);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "set search_path to other | show search_path",
                "set statement_timeout = 12345 | show statement_timeout",
                "SET SESSION work_mem = '7MB' | show work_mem",
                "set time zone 'Asia/Tokyo' | show timezone",
                "set application_name = 'borrower' | show application_name",
                "set extra_float_digits = 0 | show extra_float_digits",
                "set session characteristics as transaction isolation level serializable"
                        + " | show default_transaction_isolation",
                "set role pg_monitor | select current_user",
                "select set_config('statement_timeout', '12345', false) | show statement_timeout",
                "do $$ begin perform set_config('work_mem', '7MB', false); end $$ | show work_mem",
                "begin; set work_mem = '7MB'; commit | show work_mem",
                "select 1; set work_mem = '7MB' | show work_mem",
                "listen news | select count(*) from pg_listening_channels()",
                "create temp table mine (id int) | select count(*) from pg_class where relpersistence = 't'",
                "select 1 as id into temporary mine | select count(*) from pg_class where relpersistence = 't'",
                "create table pg_temp.mine (id int) | select count(*) from pg_class where relpersistence = 't'",
                "create temp view mine as select 1 | select to_regclass('mine')",
                "select pg_advisory_lock(42) | select count(*) from pg_locks where locktype = 'advisory'",
                "select pg_try_advisory_lock_shared(1, 2) | select count(*) from pg_locks where locktype = 'advisory'",
                "prepare mine as select 1 | select count(*) from pg_prepared_statements where from_sql",
                "declare mine cursor with hold for select 1 | select count(*) from pg_cursors where name = 'mine'"
            })
    void nextBorrowerFindsTheSessionAsItWasWhenNew(String sql, String probe) throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            String before = one(pool, probe);
            String pid;
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
                pid = pid(connection);
                assertThat(one(connection, probe)).isNotEqualTo(before);
            }

            try (Connection next = pool.getConnection()) {
                assertThat(pid(next)).isEqualTo(pid);
                assertThat(one(next, probe)).isEqualTo(before);
            }
            assertThat(discarded).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set local work_mem = '7MB'",
                "select set_config('app.tenant', '7', true)",
                "set transaction isolation level serializable",
                "insert into notes values (1, 'set work_mem = 7; listen news')",
                "update notes set body = 'x'",
                "select pg_advisory_xact_lock(42)"
            })
    void whatEndsWithTheTransactionCostsNoRoundTripOnReturn(String sql) throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            String pid = run(pool, sql);

            assertThat(database.queryOne(LAST_QUERY_OF + pid)).isEqualTo(sql);
        }
    }

    @Test
    void openTransactionWithASetInItIsRolledBackBeforeTheReset() throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            String before = one(pool, "show work_mem");
            String pid = run(pool, "begin; insert into notes values (1, 'x'); set work_mem = '7MB'");
            String notByJdbc;
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                connection.createStatement().execute("set work_mem = '7MB'");
                connection.createStatement().execute("insert into notes values (2, 'x')");
                notByJdbc = pid(connection);
            }

            assertThat(one(pool, "show work_mem")).isEqualTo(before);
            assertThat(database.queryOne("select count(*) from notes")).isEqualTo("0");
            assertThat(run(pool)).isEqualTo(pid).isEqualTo(notByJdbc);
            assertThat(discarded).isEmpty();
        }
    }

    @Test
    void jdbcPropertiesAndTheSessionAreRestoredTogether() throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            String pid;
            try (Connection connection = pool.getConnection()) {
                connection.setReadOnly(true);
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                connection.setSchema("other");
                connection.setClientInfo("ApplicationName", "borrower");
                connection.setAutoCommit(false);
                connection.createStatement().execute("listen news");
                pid = pid(connection);
            }

            try (Connection next = pool.getConnection()) {
                assertThat(pid(next)).isEqualTo(pid);
                assertThat(next.isReadOnly()).isFalse();
                assertThat(next.getAutoCommit()).isTrue();
                assertThat(next.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                assertThat(one(next, "show search_path")).isEqualTo("\"$user\", public");
                assertThat(one(next, "show application_name")).isEqualTo("PostgreSQL JDBC Driver");
                assertThat(next.getClientInfo("ApplicationName")).isEqualTo("PostgreSQL JDBC Driver");
                assertThat(one(next, "select count(*) from pg_listening_channels()"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void preparedStatementsWorkBeforeAndAfterAReset() throws SQLException {
        try (ConnectionPool pool = pool().build()) {
            database.execute("insert into notes values (1, 'x')");
            for (int loan = 0; loan < 5; loan++) {
                try (Connection connection = pool.getConnection()) {
                    selectOften(connection);
                    assertThat(one(connection, "select count(*) from pg_prepared_statements"))
                            .isNotEqualTo("0");
                    connection.createStatement().execute(loan % 2 == 0 ? "set work_mem = '7MB'" : "discard all");
                    selectOften(connection);
                    connection.setAutoCommit(false);
                    selectOften(connection);
                }
            }

            assertThat(pool.stats().created()).isEqualTo(1);
        }
    }

    /** Runs one text so often that the driver prepares it on the server. */
    private static void selectOften(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select body from notes where id = ?")) {
            for (int i = 0; i < 12; i++) {
                select.setInt(1, 1);
                try (ResultSet rows = select.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo("x");
                }
            }
        }
    }

    @Test
    void neverLeavesTheSessionAsItIs() throws SQLException {
        try (ConnectionPool pool = pool().sessionReset(SessionReset.NEVER).build()) {
            run(pool, "set work_mem = '7MB'");

            assertThat(one(pool, "show work_mem")).isEqualTo("7MB");
        }
    }

    @Test
    void alwaysAlsoResetsWhatNobodyCanSee() throws SQLException {
        database.execute("create function sneak() returns void language plpgsql as"
                + " $$ begin perform set_config('work_mem', '7MB', false); end $$");
        try (ConnectionPool tracked = pool().build();
                ConnectionPool always = pool().sessionReset(SessionReset.ALWAYS).build()) {
            run(tracked, "select sneak()");
            String pid = run(always, "select sneak()");

            assertThat(one(tracked, "show work_mem")).isEqualTo("7MB");
            assertThat(one(always, "show work_mem")).isNotEqualTo("7MB");
            assertThat(run(always)).isEqualTo(pid);
        }
    }

    @Test
    void alwaysLeavesAConnectionAloneThatWasNotUsed() throws SQLException {
        try (ConnectionPool pool = pool().sessionReset(SessionReset.ALWAYS).build()) {
            run(pool, "select 1");
            String pid = run(pool, "select 2");
            String before = database.queryOne("select state_change from pg_stat_activity where pid = " + pid);

            pool.getConnection().close();

            assertThat(database.queryOne("select state_change from pg_stat_activity where pid = " + pid))
                    .isEqualTo(before);
        }
    }

    @Test
    void connectionInitHoldsForEveryConnectionAndSurvivesAReset() throws SQLException {
        try (ConnectionPool pool = pool().connectionInit(
                        "set search_path to app, other", "set app.tenant to 'all'", "listen everything")
                .build()) {
            String pid = run(pool, "set search_path to public", "reset app.tenant", "unlisten *", "discard all");

            try (Connection next = pool.getConnection()) {
                assertThat(pid(next)).isEqualTo(pid);
                assertThat(one(next, "show search_path")).isEqualTo("app, other");
                assertThat(one(next, "show app.tenant")).isEqualTo("all");
                assertThat(one(next, "select pg_listening_channels()")).isEqualTo("everything");
            }
        }
    }

    @Test
    void setSchemaIsUndoneToTheWholeSearchPath() throws SQLException {
        try (ConnectionPool pool =
                pool().connectionInit("set search_path to app, other").build()) {
            try (Connection connection = pool.getConnection()) {
                connection.setSchema("public");
                assertThat(one(connection, "show search_path")).isEqualTo("public");
            }

            assertThat(one(pool, "show search_path")).isEqualTo("app, other");
            assertThat(discarded).isEmpty();
        }
    }

    @Test
    void whatTheDataSourceSetSurvivesAReset() throws SQLException {
        try (ConnectionPool pool = configured(ConnectionPool.builder(new OpinionatedSource(database)))
                .connectionInit("set lock_timeout = 321")
                .build()) {
            String pid = run(pool, "set work_mem = '9MB'; set lock_timeout = 0; set search_path to public");

            try (Connection next = pool.getConnection()) {
                assertThat(pid(next)).isEqualTo(pid);
                assertThat(next.getAutoCommit()).isFalse();
                assertThat(next.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
                assertThat(one(next, "show work_mem")).isEqualTo("7MB");
                assertThat(one(next, "show lock_timeout")).isEqualTo("321ms");
                assertThat(one(next, "show search_path")).isEqualTo("other, app");
            }
            assertThat(discarded).isEmpty();
        }
    }

    /** Hands out connections that are not as the driver makes them. */
    private static final class OpinionatedSource extends PlainDataSource {
        private final TestDatabase database;

        OpinionatedSource(TestDatabase database) {
            this.database = database;
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = database.dataSource().getConnection();
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement statement = connection.createStatement()) {
                statement.execute("set work_mem = '7MB'");
                statement.execute("set search_path to other, app");
            }
            connection.setAutoCommit(false);
            return connection;
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public int getLoginTimeout() {
            return 0;
        }
    }

    @Test
    void resetThatFailsDiscardsTheConnection() throws SQLException {
        database.execute("create table gate (id int primary key)");
        try (ConnectionPool pool =
                pool().connectionInit("insert into gate values (1)").build()) {
            String pid = run(pool, "set work_mem = '7MB'");
            database.execute("delete from gate");

            assertThat(run(pool)).isNotEqualTo(pid);
            assertThat(discarded)
                    .singleElement()
                    .asString()
                    .contains("could not be restored")
                    .contains("23505");
        }
    }

    @Test
    void connectionInitThatFailsIsAFailedConnect() {
        try (ConnectionPool pool =
                pool().connectionInit("set no_such_setting = 1").build()) {
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(PoolUnavailableException.class)
                    .hasMessageContaining("no_such_setting");
            assertThat(database.queryOne("select count(*) from pg_stat_activity"
                            + " where datname = current_database() and pid <> pg_backend_pid()"))
                    .isEqualTo("0");
        }
    }

    @Test
    void planThatNoLongerFitsItsTableRetiresItsConnectionAndNoOther() throws SQLException {
        database.execute("insert into notes values (1, 'x')");
        try (ConnectionPool pool = pool().maxSize(2).build()) {
            Connection other = pool.getConnection();
            String otherPid = pid(other);
            try (Connection connection = pool.getConnection()) {
                selectAllOften(connection);
                database.execute("alter table notes add column more int");
                connection.setAutoCommit(false);

                assertThatThrownBy(() -> selectAllOften(connection)).hasFieldOrPropertyWithValue("SQLState", "0A000");
            }
            other.close();

            assertThat(discarded).containsExactly("a prepared statement no longer fits its table, SQLState 0A000");
            assertThat(run(pool)).isEqualTo(otherPid);
            assertThat(pool.stats().idle()).isEqualTo(1);
        }
    }

    private static void selectAllOften(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select * from notes")) {
            for (int i = 0; i < 12; i++) {
                select.executeQuery().close();
            }
        }
    }
}
