package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.BaseConnection;

/** The check that every other test here rests on sees what it is to see. */
class PooledDatabaseTest {
    private final PooledDatabase pooled = new PooledDatabase();

    @FunctionalInterface
    private interface Dirt {
        void leaveOn(Connection raw) throws SQLException;
    }

    @AfterEach
    void close() {
        pooled.close();
    }

    @Test
    void unusedConnectionIsPristine() throws SQLException {
        pooled.pool.getConnection().close();

        pooled.assertPristine();
    }

    @Test
    void poolWithoutAnyConnectionProvesNothing() {
        assertThatThrownBy(pooled::assertPristine).isInstanceOf(AssertionError.class);
    }

    @Test
    void connectionThatIsStillOutIsSeen() throws SQLException {
        try (Connection held = pooled.pool.getConnection()) {
            assertThatThrownBy(pooled::assertPristine).isInstanceOf(AssertionError.class);
            held.createStatement().close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set search_path to elsewhere",
                "set statement_timeout to 1000",
                "set session characteristics as transaction isolation level serializable",
                "set session characteristics as transaction read only",
                "set role pg_monitor",
                "begin",
                "declare left_open cursor with hold for select 1",
                "select pg_advisory_lock(42)",
                "listen left_open",
                "create temporary table left_behind (id int)",
            })
    void whatSqlLeavesBehindThePoolsBackIsSeen(String sql) throws SQLException {
        leave(raw -> {
            try (Statement statement = raw.createStatement()) {
                statement.execute(sql);
            }
        });

        assertThatThrownBy(pooled::assertPristine).isInstanceOf(AssertionError.class);
    }

    @Test
    void statementThatIsStillOpenIsSeen() throws SQLException {
        try (Connection unpooled = pooled.driver.getConnection();
                Statement open = unpooled.createStatement()) {
            pooled.pool.getConnection().close();

            assertThatThrownBy(pooled::assertPristine).hasMessageContaining(open.toString());
        }
    }

    @Test
    void autocommitIsSeen() throws SQLException {
        leave(raw -> raw.setAutoCommit(false));

        assertThatThrownBy(pooled::assertPristine).isInstanceOf(AssertionError.class);
    }

    @Test
    void networkTimeoutIsSeen() throws SQLException {
        leave(raw -> raw.setNetworkTimeout(Runnable::run, 1000));

        assertThatThrownBy(pooled::assertPristine).isInstanceOf(AssertionError.class);
    }

    /** Works on the driver's connection once the pool has it back. */
    private void leave(Dirt dirt) throws SQLException {
        Connection raw;
        try (Connection borrowed = pooled.pool.getConnection()) {
            raw = borrowed.unwrap(BaseConnection.class);
        }
        dirt.leaveOn(raw);
    }
}
