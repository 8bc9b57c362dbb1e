package dev.wellhead.benchmarks.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class StubDatabaseTest {
    private final StubDatabase database = StubDatabase.start();

    @Test
    void openedAndOpenAreCounted() throws SQLException {
        Connection first = database.getConnection();
        Connection second = database.getConnection("user", "password");
        first.close();
        first.close();

        assertThat(database.opened()).isEqualTo(2);
        assertThat(database.open()).isEqualTo(1);
        assertThat(database.attempts()).hasSize(2).isSorted();
        assertThat(first.isClosed()).isTrue();
        assertThat(second.isClosed()).isFalse();
    }

    @Test
    void mostConnectsAtATimeAreCounted() throws Exception {
        database.connectsIn(Duration.ofMillis(300));
        CountDownLatch opened = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            Threads.PLATFORM.start(() -> {
                try (Connection connection = database.getConnection()) {
                    opened.countDown();
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            });
        }
        opened.await();
        Awaitility.await().until(() -> database.open() == 0);
        int atATime = database.mostConnecting();

        database.countAnew();
        database.getConnection().close();

        assertThat(atATime).isEqualTo(3);
        assertThat(database.mostConnecting()).isEqualTo(1);
        assertThat(database.opened()).isEqualTo(1);
    }

    @Test
    void connectAndExecutionTakeTheTimeThatIsSet() throws SQLException {
        database.connectsIn(Duration.ofMillis(30));
        database.executesIn(Duration.ofMillis(20));
        long start = System.nanoTime();

        try (Connection connection = database.getConnection()) {
            long connected = System.nanoTime();
            try (PreparedStatement statement = connection.prepareStatement("select 1")) {
                assertThat(statement.execute()).isFalse();
            }
            long executed = System.nanoTime();

            assertThat(connected - start).isGreaterThanOrEqualTo(30_000_000);
            assertThat(executed - connected).isGreaterThanOrEqualTo(20_000_000);
        }
    }

    @Test
    void thatIsDownRefusesAndItsConnectionsStayDead() throws SQLException {
        Connection before = database.getConnection();
        PreparedStatement statement = before.prepareStatement("select 1");

        database.goDown();

        assertThatThrownBy(database::getConnection).hasFieldOrPropertyWithValue("SQLState", "08001");
        database.comeBack();
        assertThat(before.isValid(1)).isFalse();
        assertThatThrownBy(statement::execute).hasFieldOrPropertyWithValue("SQLState", "08006");
        assertThat(database.getConnection().isValid(1)).isTrue();
        assertThat(database.opened()).isEqualTo(2);
        assertThat(database.attempts()).hasSize(3);
    }

    @Test
    void interruptedConnectTakesItsTimeAndKeepsTheFlag() throws SQLException {
        database.connectsIn(Duration.ofMillis(30));
        long start = System.nanoTime();

        Thread.currentThread().interrupt();
        database.getConnection();
        boolean interrupted = Thread.interrupted();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
        assertThat(interrupted).isTrue();
    }

    @Test
    void driverFindsItByItsUrlAlone() throws SQLException {
        StubDriver driver = new StubDriver();

        assertThat(driver.connect(database.url(), new Properties())).isNotNull();
        assertThat(database.opened()).isEqualTo(1);
        assertThat(driver.connect("jdbc:other:1", new Properties())).isNull();
        assertThatThrownBy(() -> driver.connect("jdbc:stub:none", new Properties()))
                .hasMessage("no stub database at jdbc:stub:none");
    }

    @Test
    void whatNoPoolCallsIsRefused() throws SQLException {
        Connection connection = database.getConnection();

        assertThatThrownBy(() -> connection.prepareCall("call f()"))
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessage("the stub driver has no such method");
    }
}
