package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.jdbc.Transactions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutedConnectionTest {
    /** What decides nothing by itself. */
    private static final Set<String> UNDECIDED = Set.of(
            "setReadOnly",
            "isReadOnly",
            "setAutoCommit",
            "getAutoCommit",
            "commit",
            "rollback",
            "close",
            "isClosed",
            "isValid",
            "abort",
            "setTransactionIsolation",
            "getTransactionIsolation",
            "getWarnings",
            "clearWarnings",
            "getHoldability");

    @TempDir
    Path folder;

    private SqliteDatabase database;
    private DataSource source;

    @BeforeEach
    void open() throws SQLException {
        database = SqliteDatabase.builder(folder.resolve("app.db"))
                .acquireTimeout(Duration.ofMillis(200))
                .open();
        source = database.dataSource();
        try (Connection connection = source.getConnection()) {
            execute(connection, "create table t (n integer)");
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from t")) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }

    private int writing() {
        return database.writer().stats().active();
    }

    private int reading() {
        return database.readers().stats().active();
    }

    /** In the order of calls in which Spring's transaction manager begins and ends a transaction. */
    @Test
    void aReadOnlyTransactionReadsWhileAnotherWrites() throws SQLException {
        try (Connection writer = source.getConnection()) {
            writer.setAutoCommit(false);
            execute(writer, "insert into t values (1)");
            assertThat(writing()).isEqualTo(1);

            Connection reader = source.getConnection();
            reader.setReadOnly(true);
            int isolation = reader.getTransactionIsolation();
            assertThat(reader.getAutoCommit()).isTrue();
            reader.setAutoCommit(false);
            assertThat(count(reader)).isZero();
            assertThat(reading()).isEqualTo(1);
            assertThatThrownBy(() -> execute(reader, "insert into t values (2)"))
                    .hasMessageContaining("readonly");
            reader.commit();
            reader.setAutoCommit(true);
            reader.setTransactionIsolation(isolation);
            reader.setReadOnly(false);
            reader.close();

            assertThat(reading()).isZero();
            writer.commit();
            assertThat(count(writer)).isEqualTo(1);
        }
        assertThat(writing()).isZero();
    }

    @Test
    void transactionsChooseByReadOnly() throws SQLException {
        Transactions.on(source).run(tx -> execute(tx.connection(), "insert into t values (1)"));

        assertThat(Transactions.on(source).readOnly().<Integer, SQLException>call(tx -> {
                    assertThat(writing()).isZero();
                    return count(tx.connection());
                }))
                .isEqualTo(1);
        assertThatThrownBy(
                        () -> Transactions.on(source).readOnly().run(tx -> execute(tx.connection(), "delete from t")))
                .hasMessageContaining("readonly");
        assertThat(writing() + reading()).isZero();
    }

    @Test
    void nothingIsHeldBeforeTheFirstUse() throws Exception {
        try (Connection connection = source.getConnection()) {
            assertThatThrownBy(connection::commit).hasMessageContaining("autocommit");
            assertThatThrownBy(connection::rollback).hasMessageContaining("autocommit");
            assertThatThrownBy(() -> connection.setTransactionIsolation(Connection.TRANSACTION_NONE))
                    .isInstanceOf(SQLException.class);
            connection.setAutoCommit(false);
            connection.commit();
            connection.rollback();
            connection.clearWarnings();

            assertThat(connection.getAutoCommit()).isFalse();
            assertThat(connection.isReadOnly()).isFalse();
            assertThat((Object) connection.getWarnings()).isNull();
            assertThat(connection.getHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(connection.isValid(1)).isTrue();
            assertThat(connection.isClosed()).isFalse();
            RoutedConnection itself = connection.unwrap(RoutedConnection.class);
            assertThat((Object) itself).isSameAs(connection);
            assertThat(connection).hasToString("RoutedConnection[not used yet]");
            assertThat(writing() + reading()).isZero();
        }
    }

    @Test
    void everyOtherMethodDecides() throws Exception {
        for (Method method : Connection.class.getMethods()) {
            if (UNDECIDED.contains(method.getName())
                            && method.getParameterCount() <= 1
                            && !method.toString().contains("Savepoint")
                    || method.isDefault()
                    || java.lang.reflect.Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            try (Connection connection = source.getConnection()) {
                connection.setReadOnly(true);
                call(method, connection);
                assertThat(reading()).as(method.toString()).isEqualTo(1);
            }
            assertThat(reading()).as(method.toString()).isZero();
        }
    }

    private static void call(Method method, Connection connection) throws IllegalAccessException {
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            Class<?> type = method.getParameterTypes()[i];
            arguments[i] = type == int.class
                    ? (Object) ResultSet.TYPE_FORWARD_ONLY
                    : type == Class.class ? Statement.class : type == String.class ? "select 1" : null;
        }
        try {
            method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            // What the driver says to it does not matter here.
            assertThat(e.getCause()).isInstanceOfAny(SQLException.class, RuntimeException.class);
        }
    }

    @Test
    void afterItsFirstUseItIsSwitchedOverBetweenTransactionsOnly() throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            execute(connection, "insert into t values (1)");
            assertThatThrownBy(() -> connection.setReadOnly(true)).hasMessageContaining("before the first statement");
            connection.commit();
            connection.setAutoCommit(true);

            connection.setReadOnly(true);
            assertThat(writing()).isZero();
            assertThat(count(connection)).isEqualTo(1);
            assertThat(reading()).isEqualTo(1);
            connection.setReadOnly(false);
            execute(connection, "insert into t values (2)");
            assertThat(reading()).isZero();
        }
    }

    @Test
    void whatIsClosedIsUsedNoMore() throws SQLException {
        for (boolean used : new boolean[] {false, true}) {
            Connection connection = source.getConnection();
            if (used) {
                count(connection);
            }
            connection.close();
            connection.close();

            assertThat(connection.isClosed()).isTrue();
            assertThat(connection.isValid(1)).isFalse();
            assertThatThrownBy(connection::createStatement).isInstanceOf(ConnectionClosedException.class);
            assertThatThrownBy(() -> connection.setReadOnly(true)).isInstanceOf(ConnectionClosedException.class);
            assertThatThrownBy(() -> connection.setClientInfo("a", "b")).isInstanceOf(SQLException.class);
            assertThat(writing()).isZero();
        }
    }

    @Test
    void writersQueueAndTheirTimeoutIsThatOfTheWriter() throws SQLException {
        try (Connection first = source.getConnection();
                Connection second = source.getConnection()) {
            execute(first, "insert into t values (1)");

            assertThatThrownBy(() -> count(second)).isInstanceOf(PoolTimeoutException.class);
            assertThat(second.isClosed()).isFalse();
        }
    }
}
