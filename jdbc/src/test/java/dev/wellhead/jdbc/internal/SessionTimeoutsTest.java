package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionTimeoutsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void answerMayTakeLongerThanTheDriverWasToldToWait() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                Connection session = DirectDataSource.of(
                                database.url() + "?socketTimeout=1", database.user(), database.password())
                        .getConnection();
                Statement statement = session.createStatement()) {
            SessionTimeouts.lift(session);

            statement.execute("select pg_sleep(1.5)");

            assertThat(session.isValid(5)).isTrue();
        }
    }

    @Test
    void statementEndsSoonAfterItsClientHasDied() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                FaultProxy proxy = FaultProxy.to(PostgresServer.shared().port());
                Connection session = DirectDataSource.of(
                                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database.name(),
                                database.user(),
                                database.password())
                        .getConnection()) {
            SessionTimeouts.lift(session);
            Thread sleeper = new Thread(() -> {
                try (Statement statement = session.createStatement()) {
                    statement.execute("select pg_sleep(600)");
                } catch (SQLException e) {
                    // The connection was cut.
                }
            });
            sleeper.start();
            await().atMost(PATIENCE).until(() -> sleeping(database).equals("1"));

            proxy.reset();

            await().atMost(PATIENCE).until(() -> sleeping(database).equals("0"));
        }
    }

    private static String sleeping(TestDatabase database) {
        return String.valueOf(
                database.queryOne("select count(*) from pg_stat_activity where datname = current_database()"
                        + " and pid <> pg_backend_pid() and query like '%pg_sleep(600)%'"));
    }
}
