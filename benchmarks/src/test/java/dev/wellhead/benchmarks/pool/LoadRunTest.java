package dev.wellhead.benchmarks.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wellhead.benchmarks.program.Parking;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadRunTest {
    private static final Load LOAD =
            new Load(6, Threads.PLATFORM, 2, Duration.ofMillis(2), Duration.ofMillis(50), Duration.ofMillis(400));

    @Test
    void everyCallerIsCountedAndWaitsForThoseBeforeIt() throws SQLException {
        try (BenchedPool pool = PoolKind.FAIR_ABQ.open(PoolOptions.of(StubDatabase.start(), 2, 2))) {
            LoadRun.Result result = new LoadRun(pool, LOAD).run();
            Map<String, Double> metrics = LoadProgram.metrics(LOAD, result);

            assertThat(result.borrowsOfEach()).hasSize(6).allMatch(borrows -> borrows > 0);
            // Who is served last has asked in time.
            assertThat(result.waits().count()).isBetween(result.borrows(), result.borrows() + LOAD.callers());
            assertThat(metrics.keySet()).containsExactlyElementsOf(LoadProgram.names(LOAD));
            assertThat(metrics.get(LoadProgram.HOLD)).isGreaterThanOrEqualTo(2);
            // Two other pairs come first, each for 2 ms at least.
            assertThat(metrics.get(LoadProgram.P99)).isGreaterThan(3);
            assertThat(metrics.get(LoadProgram.FAILED)).isZero();
        }
    }

    @Test
    void failedBorrowIsAWaitAndNoBorrow() {
        BenchedPool refusing = new BenchedPool() {
            @Override
            public Connection get() throws SQLException {
                Parking.nanos(1_000_000);
                throw new SQLException("no");
            }

            @Override
            public void close() {}
        };

        LoadRun.Result result = new LoadRun(refusing, LOAD).run();

        assertThat(result.borrows()).isZero();
        assertThat(result.failed()).isGreaterThanOrEqualTo(result.waits().count());
        assertThat(result.waits().count()).isPositive();
        assertThat(result.meanHoldNanos()).isZero();
    }

    @Test
    void idealIsTheTurnOfAllOthersAtTheHoldThatWasMeasured() {
        Load load = new Load(64, Threads.PLATFORM, 8, Duration.ofMillis(1), Duration.ZERO, Duration.ofSeconds(1));

        assertThat(load.idealNanos(1.1e6)).isCloseTo(7.7e6, within(1.0));
    }

    @Test
    void loadSurvivesTheCommandLine() {
        assertThat(Load.of(LOAD.arguments())).isEqualTo(LOAD);
    }
}
