package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.ManualTicker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Invariant: of the loans of a nearly exhausted pool the first of each tenth of a second remember their stack, up to a
 * bound, and no more; after a leak that had none all do. Time stands still here unless it is moved.
 */
class StackBudgetTest {
    private static final int SIZE = 10;
    private static final int MANY = 3 * StackBudget.PER_PERIOD;

    private final ManualTicker ticker = new ManualTicker();
    private final ConnectionPool pool = FakeSource.pool(new FakeDatabase())
            .maxSize(SIZE)
            .ticker(ticker)
            .leakThreshold(Duration.ofMinutes(1))
            .build();
    private final List<Connection> held = new ArrayList<>();
    private long stacksOfHeld;

    @AfterEach
    void close() {
        pool.close(Duration.ZERO);
    }

    private void hold(int loans) throws SQLException {
        while (held.size() < loans) {
            held.add(pool.getConnection());
        }
    }

    private void nextPeriod() {
        ticker.advance(Duration.ofNanos(StackBudget.PERIOD_NANOS));
        pool.housekeep();
    }

    /** Returns how many of so many short loans of the last connection had a stack. */
    private int withStack(int loans) throws SQLException {
        int seen = 0;
        for (int loan = 0; loan < loans; loan++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.isClosed()).isFalse();
                seen += (int) stacksOfAll();
            }
            seen -= (int) stacksOfHeld;
        }
        return seen;
    }

    private long stacksOfAll() {
        return pool.borrowed().stream().filter(each -> !each.stack().isEmpty()).count();
    }

    @Test
    void shortLoansOfANearlyExhaustedPoolHaveSoManyStacksAPeriodAndNoMore() throws SQLException {
        hold(SIZE - 1);
        nextPeriod();
        stacksOfHeld = stacksOfAll();

        assertThat(withStack(MANY)).isEqualTo(StackBudget.PER_PERIOD);
        assertThat(withStack(MANY)).isZero();
        nextPeriod();
        assertThat(withStack(MANY)).isEqualTo(StackBudget.PER_PERIOD);
    }

    @Test
    void waitersShareTheBudget() throws Exception {
        hold(SIZE - 1);
        nextPeriod();
        stacksOfHeld = stacksOfAll();
        withStack(MANY);
        hold(SIZE);

        Caller<Boolean> waiter = Caller.start(() -> {
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.isClosed()).isFalse();
                return stacksOfAll() == stacksOfHeld;
            }
        });
        await().until(() -> pool.stats().waiting() == 1);
        held.remove(SIZE - 1).close();

        assertThat(waiter.result()).isTrue();
    }

    @Test
    void afterALeakWithoutAStackAllHaveOne() throws SQLException {
        // Those that waited for a connection to be opened have one, and the first after a look of the housekeeper.
        hold(SIZE / 2);
        for (Connection opened : held) {
            opened.close();
        }
        held.clear();
        do {
            hold(held.size() + 1);
        } while (stacksOfAll() == held.size() && held.size() < SIZE / 2);
        assertThat(stacksOfAll()).isLessThan(held.size());
        ticker.advance(Duration.ofMinutes(1));
        pool.housekeep();
        assertThat(pool.stats().leaksReported()).isEqualTo(held.size());
        nextPeriod();
        stacksOfHeld = stacksOfAll();

        assertThat(withStack(MANY)).isEqualTo(MANY);
    }
}
