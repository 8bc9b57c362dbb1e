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
 * bound, and no more; of any other pool the first few do; after a leak that had none all do, at once. Time stands still here unless it is moved.
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

    private void assertStacksAPeriod(int stacks) throws SQLException {
        nextPeriod();
        stacksOfHeld = stacksOfAll();

        assertThat(withStack(MANY)).isEqualTo(stacks);
        assertThat(withStack(MANY)).isZero();
        nextPeriod();
        assertThat(withStack(MANY)).isEqualTo(stacks);
    }

    @Test
    void shortLoansOfANearlyExhaustedPoolHaveSoManyStacksAPeriodAndNoMore() throws SQLException {
        hold(SIZE - 1);

        assertStacksAPeriod(StackBudget.PER_PERIOD);
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
    void firstLoansOfAPoolThatIsHardlyUsedHaveAStackEachPeriod() throws SQLException {
        hold(1);

        assertStacksAPeriod(StackBudget.FEW);
    }

    @Test
    void nextLoanBehindALeakThatHadNoStackHasOne() throws SQLException {
        hold(1);
        held.remove(0).close();
        nextPeriod();
        withStack(StackBudget.FEW);
        hold(1);
        assertThat(stacksOfAll()).isZero();

        ticker.advance(Duration.ofMinutes(1));
        pool.housekeep();
        assertThat(pool.stats().leaksReported()).isOne();

        assertThat(withStack(MANY)).isEqualTo(MANY);
    }
}
