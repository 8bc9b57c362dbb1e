package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class PostgresServerTest {
    @Test
    void databasesAreSeparateAndGoneWhenClosed() throws SQLException {
        String url;
        try (TestDatabase one = TestDatabase.postgres();
                TestDatabase two = TestDatabase.postgres()) {
            one.execute("create table t (n int)", "insert into t values (1)");
            url = one.url();

            assertThat(one.queryOne("select count(*) from t")).isEqualTo("1");
            assertThat(two.queryOne("select to_regclass('t')")).isNull();
        }

        PostgresServer server = PostgresServer.shared();
        assertThatThrownBy(() -> DriverManager.getConnection(url, server.user(), server.password()))
                .hasMessageContaining("does not exist");
    }

    @Test
    void passwordIsAskedFor() {
        PostgresServer server = PostgresServer.shared();

        assertThatThrownBy(() -> DriverManager.getConnection(server.url("postgres"), server.user(), "wrong"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void killedServerComesBackWithItsData() throws SQLException {
        try (PostgresServer server = PostgresServer.builder().start()) {
            server.administrate("create table t (n int)");
            Connection open = server.connect("postgres");

            server.kill();
            assertThat(open.isValid(1)).isFalse();
            server.start();

            try (Connection again = server.connect("postgres");
                    var rows = again.createStatement().executeQuery("select count(*) from t")) {
                assertThat(rows.next()).isTrue();
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void killedServerLeavesNoSharedMemoryBehind() throws IOException, SQLException {
        String pid;
        try (PostgresServer server = PostgresServer.builder().start();
                Connection connection = server.connect("postgres");
                var rows = connection.createStatement().executeQuery("show dynamic_shared_memory_type")) {
            pid = Files.readAllLines(server.data().resolve("postmaster.pid")).get(0);
            assertThat(segmentsMadeBy(pid)).isNotEmpty();
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("mmap");

            server.kill();
            assertThat(segmentsMadeBy(pid)).isNotEmpty();
        }

        assertThat(segmentsMadeBy(pid)).isEmpty();
    }

    // key shmid perms size cpid ...
    private static List<String> segmentsMadeBy(String pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/sysvipc/shm")).stream()
                .filter(line -> line.strip().split(" +")[4].equals(pid))
                .toList();
    }

    @Test
    void pausedServerAnswersOnlyAfterResume() throws Exception {
        try (PostgresServer server = PostgresServer.builder().start();
                Connection connection = server.connect("postgres")) {
            server.pause();
            CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return connection.createStatement().execute("select 1");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThatThrownBy(() -> answer.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            server.resume();

            assertThat(answer.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
