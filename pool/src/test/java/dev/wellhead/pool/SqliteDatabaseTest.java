package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqliteDatabaseTest {
    @TempDir
    Path folder;

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

    private static void run(ConnectionPool pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void bothPoolsAreSetUpAndDirectIsAsTheWriter() throws SQLException {
        try (SqliteDatabase database = SqliteDatabase.builder(folder.resolve("app.db"))
                        .readers(2)
                        .busyTimeout(Duration.ofMillis(1234))
                        .open();
                Connection direct = database.direct().getConnection()) {
            for (ConnectionPool pool : List.of(database.writer(), database.readers())) {
                assertThat(one(pool, "pragma journal_mode")).isEqualTo("wal");
                // The rest of the busy timeout is waited for in Java.
                assertThat(one(pool, "pragma busy_timeout")).isEqualTo("10");
                assertThat(one(pool, "pragma foreign_keys")).isEqualTo("1");
            }
            assertThat(one(direct, "pragma busy_timeout")).isEqualTo("1234");
            assertThat(one(direct, "pragma foreign_keys")).isEqualTo("1");
            assertThat(database.writer().stats().maxSize()).isEqualTo(1);
            assertThat(database.readers().stats().maxSize()).isEqualTo(2);
            assertThat(database.health().status()).isEqualTo(Health.Status.UP);
        }
    }

    @Test
    void readersSeeWhatIsCommittedAndRefuseToWrite() throws SQLException {
        try (SqliteDatabase database = SqliteDatabase.open(folder.resolve("app.db"))) {
            run(database.writer(), "create table t (id integer primary key)");
            run(database.writer(), "insert into t values (1)");

            assertThat(one(database.readers(), "select count(*) from t")).isEqualTo("1");
            assertThatThrownBy(() -> run(database.readers(), "insert into t values (2)"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("readonly");
        }
    }

    @Test
    void writerDoesNotBlockReaders() throws SQLException {
        try (SqliteDatabase database = SqliteDatabase.open(folder.resolve("app.db"))) {
            run(database.writer(), "create table t (id integer primary key)");
            try (Connection writing = database.writer().getConnection();
                    Statement statement = writing.createStatement()) {
                writing.setAutoCommit(false);
                statement.execute("insert into t values (1)");

                assertThat(one(database.readers(), "select count(*) from t")).isEqualTo("0");

                writing.commit();
            }
            assertThat(one(database.readers(), "select count(*) from t")).isEqualTo("1");
        }
    }

    @Test
    void concurrentReadModifyWriteNeverFindsTheDatabaseBusy() throws Exception {
        int threads = 6;
        int rounds = 40;
        try (SqliteDatabase database = SqliteDatabase.builder(folder.resolve("app.db"))
                .acquireTimeout(Duration.ofSeconds(60))
                .open()) {
            run(database.writer(), "create table counter (n integer)");
            run(database.writer(), "insert into counter values (0)");
            List<Caller<Boolean>> writers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                writers.add(Caller.start(() -> {
                    for (int i = 0; i < rounds; i++) {
                        increment(database.writer());
                        one(database.readers(), "select n from counter");
                    }
                    return true;
                }));
            }
            for (Caller<Boolean> writer : writers) {
                writer.result();
            }

            assertThat(one(database.readers(), "select n from counter")).isEqualTo(String.valueOf(threads * rounds));
            assertThat(database.writer().stats().created()).isEqualTo(1);
        }
    }

    private static void increment(ConnectionPool writer) throws SQLException {
        try (Connection connection = writer.getConnection()) {
            connection.setAutoCommit(false);
            int before = Integer.parseInt(one(connection, "select n from counter"));
            try (PreparedStatement update = connection.prepareStatement("update counter set n = ?")) {
                update.setInt(1, before + 1);
                update.executeUpdate();
            }
            connection.commit();
        }
    }

    @Test
    void aDatabaseInMemoryIsOneForAllItsConnections() throws Exception {
        try (SqliteDatabase database = SqliteDatabase.inMemory()
                        .acquireTimeout(Duration.ofSeconds(60))
                        .busyTimeout(Duration.ofSeconds(60))
                        .open();
                SqliteDatabase another = SqliteDatabase.inMemory().open()) {
            run(database.writer(), "create table counter (n integer)");
            run(database.writer(), "insert into counter values (0)");
            // Has the writer's connection replaced.
            run(database.writer(), "pragma cache_size = 100");
            List<Caller<Boolean>> writers = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                writers.add(Caller.start(() -> {
                    for (int i = 0; i < 25; i++) {
                        increment(database.writer());
                        one(database.readers(), "select n from counter");
                    }
                    return true;
                }));
            }
            for (Caller<Boolean> writer : writers) {
                writer.result();
            }

            assertThat(one(database.readers(), "select n from counter")).isEqualTo("100");
            try (Connection direct = database.direct().getConnection()) {
                assertThat(one(direct, "select n from counter")).isEqualTo("100");
            }
            assertThat(one(another.writer(), "select count(*) from sqlite_master"))
                    .isEqualTo("0");
        }
    }

    @Test
    void connectionInitAndSessionResetHoldForBothPools() throws SQLException {
        try (SqliteDatabase database = SqliteDatabase.builder(folder.resolve("app.db"))
                .connectionInit("pragma cache_size = 77")
                .sessionReset(SessionReset.NEVER)
                .open()) {
            for (ConnectionPool pool : List.of(database.writer(), database.readers())) {
                assertThat(one(pool, "pragma cache_size")).isEqualTo("77");
                run(pool, "pragma cache_size = 78");
                assertThat(one(pool, "pragma cache_size")).isEqualTo("78");
            }
        }
    }

    @Test
    void upkeepShortensTheLog() throws Exception {
        Path log = folder.resolve("app.db-wal");
        try (SqliteDatabase database = SqliteDatabase.builder(folder.resolve("app.db"))
                .upkeep(Duration.ofMillis(200))
                .open()) {
            run(database.writer(), "create table t (id integer primary key, n integer)");
            run(
                    database.writer(),
                    "with recursive i(n) as (select 1 union all select n + 1 from i where n < 5000)"
                            + " insert into t (n) select n from i");

            await().atMost(Duration.ofSeconds(30)).until(() -> Files.size(log) == 0);
        }
        try (SqliteDatabase database =
                SqliteDatabase.builder(folder.resolve("app.db")).withoutUpkeep().open()) {
            assertThat(one(database.readers(), "select count(*) from t")).isEqualTo("5000");
        }
    }

    @Test
    void forgottenTransactionBlocksNobody() throws SQLException {
        try (SqliteDatabase database = SqliteDatabase.open(folder.resolve("app.db"))) {
            run(database.writer(), "create table t (id integer primary key)");
            try (Connection connection = database.writer().getConnection()) {
                connection.setAutoCommit(false);
                connection.createStatement().execute("insert into t values (1)");
            }
            try (Connection connection = database.writer().getConnection()) {
                connection.createStatement().execute("begin immediate");
                connection.createStatement().execute("insert into t values (2)");
            }
            try (Connection direct = database.direct().getConnection();
                    Statement statement = direct.createStatement()) {
                statement.execute("insert into t values (3)");
            }

            assertThat(one(database.readers(), "select group_concat(id) from t"))
                    .isEqualTo("3");
        }
    }

    @Test
    void closeLeavesOneFileWithEverythingInIt() throws SQLException {
        Path file = folder.resolve("app.db");
        SqliteDatabase database = SqliteDatabase.open(file);
        run(database.writer(), "create table t (id integer primary key)");

        database.close();
        database.close();

        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
        assertThat(Files.exists(folder.resolve("app.db-wal"))).isFalse();
        try (SqliteDatabase again = SqliteDatabase.open(file)) {
            assertThat(one(again.readers(), "select count(*) from t")).isEqualTo("0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {":memory:", "", "file:x", "app.db?cache=shared", "no/such/folder/app.db", "."})
    void whatIsNoFileIsRefused(String path) {
        assertThatThrownBy(() -> SqliteDatabase.builder(Path.of(path)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("file must");
    }

    @Test
    void fileThatIsNoDatabaseIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("notes.txt"), "x".repeat(5000));

        assertThatThrownBy(() -> SqliteDatabase.open(file)).isInstanceOf(SQLException.class);
    }

    @Test
    void badOptionsAreRefused() {
        SqliteDatabase.Builder builder = SqliteDatabase.builder(folder.resolve("app.db"));

        assertThatThrownBy(() -> builder.readers(0)).hasMessageContaining("readers must be >= 1, was 0");
        assertThatThrownBy(() -> builder.busyTimeout(Duration.ZERO)).hasMessageContaining("busyTimeout");
        assertThatThrownBy(() -> builder.busyTimeout(Duration.ofNanos(1))).hasMessageContaining("busyTimeout");
        assertThatThrownBy(() -> builder.acquireTimeout(Duration.ZERO)).hasMessageContaining("acquireTimeout");
        assertThatThrownBy(() -> builder.leakThreshold(Duration.ZERO)).hasMessageContaining("leakThreshold");
        assertThatThrownBy(() -> builder.upkeep(Duration.ZERO)).hasMessageContaining("upkeep");
        assertThatThrownBy(() -> builder.connectionInit(" ")).hasMessageContaining("connectionInit");
        assertThatThrownBy(() -> builder.connectionInit("begin")).hasMessageContaining("connectionInit");
        assertThatThrownBy(() -> builder.name("no spaces")).hasMessageContaining("name");
    }
}
