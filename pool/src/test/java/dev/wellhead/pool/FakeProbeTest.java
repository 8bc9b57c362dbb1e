package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The probes on a driver that can be made to do anything. */
class FakeProbeTest extends ServerProbeContract {
    private final FakeDatabase database = new FakeDatabase();
    private final CountDownLatch endOfHang = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        endOfHang.countDown();
    }

    @Override
    ConnectionPool.Builder plain() {
        return ConnectionPool.builder(new FakeSource(database)).name("fake");
    }

    @Override
    void write(Connection connection) throws SQLException {
        connection.createStatement().execute("insert");
    }

    @Override
    void assertNothingWritten() {
        assertThat(database.sessions).allSatisfy(session -> {
            assertThat(session.commits).hasValue(0);
            assertThat(session.closed || !session.inTransaction).isTrue();
        });
    }

    @Override
    List<String> properties() {
        return List.of(
                "read-only",
                "isolation",
                "catalog",
                "schema",
                "holdability",
                "network timeout",
                "type map",
                "client info",
                "autocommit");
    }

    @Override
    void hang() {
        database.onConnect.set(endOfHang::await);
    }

    @Override
    void refuse() {
        database.onConnect.set(FakeDatabase.failing("08001"));
        database.faults.put("execute", FakeDatabase.failing("08006"));
    }

    @Override
    void heal() {
        database.onConnect.set(() -> {});
        database.faults.clear();
        endOfHang.countDown();
    }

    @Override
    void terminate(Connection connection) {
        database.faults.put("execute", FakeDatabase.failing("57P01"));
    }

    @Override
    void makeRollbackFail(Connection connection) {
        database.faults.put("rollback", FakeDatabase.failing("XX000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rollback", "clearWarnings", "isClosed", "getAutoCommit", "setAutoCommit", "close"})
    void uncheckedExceptionOfTheDriverOnReturnLosesNoPlace(String method) throws SQLException {
        ConnectionPool pool = pool(one());
        for (int i = 0; i < 5; i++) {
            Connection connection = pool.tryAcquire(Duration.ofSeconds(30)).orElseThrow();
            connection.setAutoCommit(false);
            database.faults.put(method, () -> {
                throw new IllegalStateException("driver bug");
            });
            connection.close();
            database.faults.clear();
        }

        assertThat(pool.stats().active()).isZero();
        pool.getConnection().close();
    }
}
