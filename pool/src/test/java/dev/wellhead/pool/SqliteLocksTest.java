package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

class SqliteLocksTest {
    private static final int FOREVER_MILLIS = 60_000;
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private Connection other;

    @BeforeEach
    void makeATableAndAnotherProgram() throws SQLException {
        // A program that does not know of the pool.
        other = DirectDataSource.of(url()).getConnection();
        execute(other, "pragma journal_mode = wal");
        execute(other, "create table t (id integer primary key, n integer)");
    }

    @AfterEach
    void closeTheOtherProgram() throws SQLException {
        other.close();
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("app.db");
    }

    private ConnectionPool pool(int busyMillis, String mode) {
        return ConnectionPool.builder(url())
                .driverProperty("busy_timeout", String.valueOf(busyMillis))
                .driverProperty("transaction_mode", mode)
                .maxSize(1)
                .minIdle(0)
                .build();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private void lock() throws SQLException {
        execute(other, "begin immediate");
    }

    private void unlock() throws SQLException {
        execute(other, "commit");
    }

    /** Ways to write one row, each of which finds the database locked in another method of the driver's. */
    enum Write {
        EXECUTE {
            @Override
            void into(Connection connection) throws SQLException {
                execute(connection, "insert into t (n) values (1)");
            }
        },
        UPDATE {
            @Override
            void into(Connection connection) throws SQLException {
                try (Statement statement = connection.createStatement()) {
                    assertThat(statement.executeUpdate("insert into t (n) values (1)"))
                            .isEqualTo(1);
                }
            }
        },
        RETURNING {
            @Override
            void into(Connection connection) throws SQLException {
                assertThat(one(connection, "insert into t (n) values (1) returning n"))
                        .isEqualTo("1");
            }
        },
        PREPARED {
            @Override
            void into(Connection connection) throws SQLException {
                try (PreparedStatement statement = connection.prepareStatement("insert into t (n) values (?)")) {
                    statement.setInt(1, 1);
                    assertThat(statement.executeUpdate()).isEqualTo(1);
                }
            }
        },
        BATCH {
            @Override
            void into(Connection connection) throws SQLException {
                try (PreparedStatement statement = connection.prepareStatement("insert into t (n) values (?)")) {
                    statement.setInt(1, 1);
                    statement.addBatch();
                    assertThat(statement.executeBatch()).containsExactly(1);
                }
            }
        },
        SCRIPT {
            @Override
            void into(Connection connection) throws SQLException {
                try (Statement statement = connection.createStatement()) {
                    statement.executeUpdate("delete from t where id = 0; insert into t (n) values (1)");
                }
            }
        },
        TRANSACTION {
            @Override
            void into(Connection connection) throws SQLException {
                connection.setAutoCommit(false);
                execute(connection, "insert into t (n) values (1)");
                connection.commit();
                connection.setAutoCommit(true);
            }
        };

        abstract void into(Connection connection) throws SQLException;
    }

    @Test
    void theDriverIsToldToWaitForAMomentOnly() throws SQLException {
        try (ConnectionPool pool = pool(1234, "IMMEDIATE");
                Connection connection = pool.getConnection();
                Connection direct = pool.direct().getConnection()) {
            assertThat(one(connection, "pragma busy_timeout")).isEqualTo("10");
            assertThat(one(direct, "pragma busy_timeout")).isEqualTo("1234");

            connection.isValid(1);
            assertThat(one(connection, "pragma busy_timeout")).isEqualTo("10");
            Write.BATCH.into(connection);
            assertThat(one(connection, "pragma busy_timeout")).isEqualTo("10");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWriterWaitsForTheLockAndWritesOnce(Write write) throws Exception {
        try (ConnectionPool pool = pool(FOREVER_MILLIS, "IMMEDIATE")) {
            lock();
            CountDownLatch writing = new CountDownLatch(1);
            Caller<Boolean> writer = Caller.start(() -> {
                try (Connection connection = pool.getConnection()) {
                    writing.countDown();
                    write.into(connection);
                    return true;
                }
            });
            writing.await();
            Thread asks = writer.thread();
            await().until(() -> isWaiting(asks));
            assertThat(writer.isDone()).isFalse();
            unlock();

            assertThat(writer.result()).isTrue();
            assertThat(one(other, "select count(*) from t")).isEqualTo("1");
            assertThat(pool.stats().created()).isEqualTo(1);
        }
    }

    private static boolean isWaiting(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().equals(SqliteLocks.class.getName())
                    || frame.getClassName().startsWith("org.sqlite.core.")) {
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest
    @EnumSource(names = {"EXECUTE", "UPDATE", "RETURNING", "PREPARED", "TRANSACTION"})
    void waitingEndsWithTheBusyTimeoutAndTheConnectionStaysGood(Write write) throws SQLException {
        try (ConnectionPool pool = pool(200, "IMMEDIATE")) {
            lock();
            try (Connection connection = pool.getConnection()) {
                long started = System.nanoTime();

                assertThatThrownBy(() -> write.into(connection))
                        .isInstanceOfSatisfying(DatabaseBusyException.class, e -> {
                            assertThat(e.code()).isEqualTo("WH-POOL-007");
                            assertThat(e.getErrorCode()).isEqualTo(5);
                        })
                        .hasMessageContaining("busy for 200 ms")
                        .hasMessageContaining("SQLITE_BUSY")
                        .cause()
                        .isInstanceOf(org.sqlite.SQLiteException.class);
                assertThat(System.nanoTime() - started).isBetween(millis(200), SOON.toNanos());
                assertThat(connection.getAutoCommit()).isTrue();
                unlock();
                write.into(connection);
            }
            assertThat(one(other, "select count(*) from t")).isEqualTo("1");
            assertThat(pool.stats().discarded()).isZero();
        }
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void interruptEndsTheWaitAndIsKept() throws Exception {
        try (ConnectionPool pool = pool(FOREVER_MILLIS, "IMMEDIATE")) {
            lock();
            Caller<Boolean> writer = Caller.start(() -> {
                try (Connection connection = pool.getConnection()) {
                    assertThatThrownBy(() -> connection.setAutoCommit(false))
                            .isInstanceOfSatisfying(
                                    DatabaseBusyException.class,
                                    e -> assertThat(e.code()).isEqualTo("WH-POOL-008"))
                            .hasMessageContaining("interrupted");
                    return Thread.interrupted();
                }
            });
            await().until(() -> isWaiting(writer.thread()));

            writer.thread().interrupt();

            assertThat(writer.result()).isTrue();
            assertThat(pool.stats().discarded()).isZero();
        }
    }

    @Test
    void cancelEndsTheWait() throws Exception {
        try (ConnectionPool pool = pool(FOREVER_MILLIS, "IMMEDIATE");
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            lock();
            Caller<Boolean> writer = Caller.start(() -> statement.execute("insert into t (n) values (1)"));
            await().until(() -> isWaiting(writer.thread()));

            await().until(() -> {
                statement.cancel();
                return writer.isDone();
            });

            assertThatThrownBy(writer::result).hasRootCauseInstanceOf(SQLException.class);
        }
    }

    @Test
    void closingThePoolEndsTheWait() throws Exception {
        ConnectionPool pool = pool(FOREVER_MILLIS, "IMMEDIATE");
        lock();
        Caller<Boolean> writer = Caller.start(() -> {
            Write.EXECUTE.into(pool.getConnection());
            return true;
        });
        await().until(() -> isWaiting(writer.thread()));

        pool.close(Duration.ZERO);

        assertThatThrownBy(writer::result).hasRootCauseInstanceOf(SQLException.class);
    }

    @Test
    void aTransactionThatCanNeverWriteIsToldAtOnce() throws SQLException {
        try (ConnectionPool pool = pool(FOREVER_MILLIS, "DEFERRED");
                Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            one(connection, "select count(*) from t");
            lock();
            long started = System.nanoTime();

            assertThatThrownBy(() -> execute(connection, "insert into t (n) values (1)"))
                    .isInstanceOf(SQLException.class)
                    .isNotInstanceOf(DatabaseBusyException.class)
                    .hasMessageContaining("SQLITE_BUSY");
            execute(other, "insert into t (n) values (2)");
            unlock();
            assertThatThrownBy(() -> execute(connection, "insert into t (n) values (1)"))
                    .hasMessageContaining("SQLITE_BUSY_SNAPSHOT");
            assertThat(System.nanoTime() - started).isLessThan(SOON.toNanos());
        }
    }

    @Test
    void commitWaitsForReadersOfAFileWithoutWal() throws Exception {
        execute(other, "pragma journal_mode = delete");
        try (ConnectionPool pool = pool(FOREVER_MILLIS, "IMMEDIATE");
                Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            execute(connection, "insert into t (n) values (1)");
            execute(other, "begin");
            one(other, "select count(*) from t");
            Caller<Boolean> commit = Caller.start(() -> {
                connection.commit();
                return true;
            });
            await().until(() -> isWaiting(commit.thread()));
            unlock();

            assertThat(commit.result()).isTrue();
            connection.rollback();
            assertThat(one(connection, "select count(*) from t")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCommitThatTimesOutMayBeTriedAgain(Commit how) throws SQLException {
        execute(other, "pragma journal_mode = delete");
        try (ConnectionPool pool = pool(200, "IMMEDIATE");
                Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            execute(connection, "insert into t (n) values (1)");
            execute(other, "begin");
            one(other, "select count(*) from t");

            assertThatThrownBy(() -> how.apply(connection)).isInstanceOf(DatabaseBusyException.class);
            assertThat(connection.getAutoCommit()).isFalse();
            unlock();
            how.apply(connection);

            assertThat(one(other, "select count(*) from t")).isEqualTo("1");
        }
    }

    /** JDBC's two ways to commit. */
    enum Commit {
        COMMIT {
            @Override
            void apply(Connection connection) throws SQLException {
                connection.commit();
            }
        },
        AUTOCOMMIT {
            @Override
            void apply(Connection connection) throws SQLException {
                connection.setAutoCommit(true);
            }
        };

        abstract void apply(Connection connection) throws SQLException;
    }

    @Test
    void aCommitIsNoFailureBecauseTheNextTransactionFindsTheLockTaken() throws SQLException {
        try (ConnectionPool pool = pool(200, "DEFERRED")) {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                one(connection, "select count(*) from t");
                connection
                        .unwrap(SQLiteConnection.class)
                        .getConnectionConfig()
                        .setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
                lock();

                connection.commit();
                assertThat(connection.getAutoCommit()).isFalse();
                connection.rollback();
                unlock();

                // There is a transaction all the same.
                execute(connection, "insert into t (n) values (1)");
                connection.rollback();
                assertThat(one(other, "select count(*) from t")).isEqualTo("0");
                lockLater(connection);
            }
            assertThat(pool.stats().discarded()).isZero();
            unlock();
        }
    }

    // What the pool does on return meets the lock, too.
    private void lockLater(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        connection
                .unwrap(SQLiteConnection.class)
                .getConnectionConfig()
                .setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
        connection.setAutoCommit(false);
        connection
                .unwrap(SQLiteConnection.class)
                .getConnectionConfig()
                .setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        lock();
    }

    @Test
    void aBorrowersOwnBusyTimeoutHoldsForHisLoan() throws SQLException {
        try (ConnectionPool pool = pool(FOREVER_MILLIS, "IMMEDIATE");
                Connection connection = pool.getConnection()) {
            lock();
            execute(connection, "pragma busy_timeout = 300");

            assertThat(one(connection, "pragma busy_timeout")).isEqualTo("10");
            assertThatThrownBy(() -> Write.EXECUTE.into(connection)).hasMessageContaining("busy for 300 ms");

            execute(connection, "pragma busy_timeout = 0");
            assertThatThrownBy(() -> Write.EXECUTE.into(connection))
                    .isNotInstanceOf(DatabaseBusyException.class)
                    .hasMessageContaining("SQLITE_BUSY");
        }
    }

    @Test
    void aQueryTimeoutIsTheBusyTimeoutOfItsStatement() throws SQLException {
        try (ConnectionPool pool = pool(FOREVER_MILLIS, "IMMEDIATE");
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            lock();
            statement.setQueryTimeout(1);

            assertThat(statement.getQueryTimeout()).isEqualTo(1);
            assertThatThrownBy(() -> statement.execute("insert into t (n) values (1)"))
                    .hasMessageContaining("busy for 1000 ms");
            assertThatThrownBy(() -> statement.setQueryTimeout(-1)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void virtualThreadsThatWaitLeaveTheirCarriersToOthers() throws Exception {
        assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(21);
        int waiters = 4 * Runtime.getRuntime().availableProcessors();
        List<FutureTask<Boolean>> writers = new ArrayList<>();
        try (ConnectionPool pool = ConnectionPool.builder(url())
                .driverProperty("busy_timeout", String.valueOf(FOREVER_MILLIS))
                .maxSize(waiters)
                .acquireTimeout(Duration.ofSeconds(60))
                .build()) {
            lock();
            for (int i = 0; i < waiters; i++) {
                writers.add(startVirtual(() -> {
                    try (Connection connection = pool.getConnection()) {
                        Write.EXECUTE.into(connection);
                        return true;
                    }
                }));
            }
            await().atMost(SOON)
                    .until(() -> pool.borrowed().stream()
                                    .filter(one -> one.lastSql().isPresent())
                                    .count()
                            == waiters);

            assertThat(startVirtual(() -> true).get(SOON.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(writers).noneMatch(FutureTask::isDone);
            unlock();
            for (FutureTask<Boolean> writer : writers) {
                assertThat(writer.get(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private static <T> FutureTask<T> startVirtual(Callable<T> call) throws ReflectiveOperationException {
        FutureTask<T> task = new FutureTask<>(call);
        Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        return task;
    }
}
