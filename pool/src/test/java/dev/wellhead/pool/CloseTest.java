package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CloseTest {
    private final FakeDatabase database = new FakeDatabase();

    private static long threadsOf(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("wellhead-pool-" + name + "-"))
                .count();
    }

    @Test
    void afterCloseNothingIsLeft() throws SQLException {
        ConnectionPool pool =
                FakeSource.pool(database).name("closing").maxSize(4).minIdle(2).build();
        pool.getConnection().close();
        assertThat(threadsOf("closing")).isPositive();

        pool.close();
        pool.close();

        assertThat(database.open).hasValue(0);
        await().untilAsserted(() -> assertThat(threadsOf("closing")).isZero());
        assertThatThrownBy(pool::getConnection)
                .isInstanceOfSatisfying(ConnectionClosedException.class, e -> {
                    assertThat(e.code()).isEqualTo("WH-POOL-006");
                    assertThat(e.getSQLState()).isEqualTo("08003");
                })
                .hasMessageContaining("pool 'closing' is closed");
        assertThatThrownBy(() -> pool.tryAcquire(Duration.ZERO)).isInstanceOf(ConnectionClosedException.class);
        assertThat(pool.health().status()).isEqualTo(Health.Status.DOWN);
    }

    @Test
    void closeWaitsForWhatIsLent() throws Exception {
        ConnectionPool pool = FakeSource.pool(database).build();
        Connection held = pool.getConnection();
        Caller<Boolean> closing = Caller.start(() -> {
            pool.close(Duration.ofSeconds(60));
            return true;
        });
        await().until(() -> pool.health().status() == Health.Status.DOWN);

        assertThat(held.isValid(1)).isTrue();
        held.close();

        assertThat(closing.result()).isTrue();
        assertThat(database.open).hasValue(0);
    }

    @Test
    void whatDoesNotComeBackIsTakenAway() throws Exception {
        ConnectionPool pool = FakeSource.pool(database).build();
        Connection held = pool.getConnection();

        pool.close(Duration.ofMillis(20));

        assertThat(database.open).hasValue(0);
        assertThat(held.isClosed()).isTrue();
        held.close();
        assertThat(pool.stats().size()).isZero();
    }

    @Test
    void driverThatHangsInAReturnDoesNotHoldUpClose() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        ConnectionPool pool = FakeSource.pool(database).build();
        Connection held = pool.getConnection();
        held.setAutoCommit(false);
        database.faults.put("rollback", () -> {
            hanging.countDown();
            hang.await();
        });
        Caller<Boolean> returning = Caller.start(() -> {
            held.close();
            return true;
        });
        hanging.await();

        pool.close(Duration.ZERO);
        assertThat(database.open).hasValue(0);
        hang.countDown();

        returning.result();
        await().untilAsserted(() -> assertThat(pool.stats().size()).isZero());
    }

    @Test
    void interruptedCloseDrainsNoLongerAndKeepsTheFlag() throws Exception {
        ConnectionPool pool = FakeSource.pool(database).build();
        Connection held = pool.getConnection();

        boolean flagKept = Caller.start(() -> {
                    Thread.currentThread().interrupt();
                    pool.close(Duration.ofMinutes(5));
                    return Thread.currentThread().isInterrupted();
                })
                .result();

        assertThat(flagKept).isTrue();
        assertThat(held.isClosed()).isTrue();
        await().untilAsserted(() -> assertThat(database.open).hasValue(0));
    }

    @Test
    void negativeDrainIsRefused() {
        try (ConnectionPool pool = FakeSource.pool(database).build()) {
            assertThatThrownBy(() -> pool.close(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
