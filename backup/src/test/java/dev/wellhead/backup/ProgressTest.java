package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Invariants: what is told is what has passed; copying is never ahead of its rate, and nothing else is held back. */
class ProgressTest {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private final ManualTicker ticker = new ManualTicker();
    private final List<BackupProgress> told = new ArrayList<>();
    // Each look at the clock takes a while.
    private final AtomicLong clock = new AtomicLong();

    @Test
    void whatHasPassedIsToldAtMostFiveTimesASecond() {
        Progress progress = new Progress("id", ticker, NO_LIMIT, told::add);
        progress.begin(Phase.LOAD, 1_000_000);

        for (int i = 1; i <= 10; i++) {
            ticker.advance(Duration.ofMillis(100));
            progress.passed("t" + i, 2, 1_000);
        }

        assertThat(told).hasSize(5);
        BackupProgress last = told.get(4);
        assertThat(last)
                .isEqualTo(new BackupProgress("id", Phase.LOAD, "t10", 20, 10_000, 1_000_000, Duration.ofSeconds(1)));
        assertThat(last.bytesPerSecond()).isEqualTo(10_000);
        assertThat(last.timeLeft()).contains(Duration.ofSeconds(99));
        assertThat(last).hasToString("id load: t10, 0.0 of about 1.0 MB, 0.0 MB/s, 99 s left");
    }

    @Test
    void eachPhaseCountsAnew() {
        Progress progress = new Progress("id", ticker, NO_LIMIT, told::add);
        progress.begin(Phase.CHECK, 10);
        progress.passed("a", 0, 10);
        progress.begin(Phase.COMPARE, 20);
        ticker.advance(Duration.ofSeconds(1));

        progress.passed("b", 1, 5);

        assertThat(told).containsExactly(new BackupProgress("id", Phase.COMPARE, "b", 1, 5, 20, Duration.ofSeconds(1)));
    }

    @Test
    void nobodyKnowsTheTimeLeftAtFirst() {
        BackupProgress first = new BackupProgress("id", Phase.COPY, "t", 0, 0, 10, Duration.ZERO);

        assertThat(first.timeLeft()).isEmpty();
        assertThat(first.bytesPerSecond()).isZero();
    }

    @Test
    void copyingIsNeverAheadOfItsRate() {
        Progress progress = new Progress("id", this::later, 1_000_000, told::add);
        progress.begin(Phase.COPY, 0);
        long began = clock.get();

        for (int i = 1; i <= 50; i++) {
            progress.passed("t", 0, 20_000);
            assertThat(clock.get() - began)
                    .isGreaterThanOrEqualTo(i * Duration.ofMillis(20).toNanos());
        }
    }

    @Test
    void whatIsLoadedOrHurriedIsNotHeldBack() {
        Progress progress = new Progress("id", ticker, 1, told::add);
        progress.begin(Phase.LOAD, 0);
        progress.passed("t", 0, 1_000_000);
        progress.begin(Phase.COPY, 0);
        progress.hurry();

        progress.passed("t", 0, 1_000_000);

        assertThat(told).isEmpty();
    }

    private long later() {
        return clock.addAndGet(Duration.ofMillis(1).toNanos());
    }
}
