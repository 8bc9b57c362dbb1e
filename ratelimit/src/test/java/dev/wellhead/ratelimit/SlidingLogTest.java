package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SlidingLogTest {
    private static final long SECOND = 1_000_000;
    private static final long NOW = 1_792_000_001_234_567L;

    @Property
    void retryAfterIsLeastAndSufficient(
            @ForAll @LongRange(min = 1, max = 500) long permits,
            @ForAll @LongRange(min = 1, max = 90_000_000_000L) long length,
            @ForAll @DoubleRange(min = 0.01, max = 1) double share,
            @ForAll @LongRange(min = 0, max = 90_000_000_000L) long pause,
            @ForAll @Size(min = 1, max = 20) List<@LongRange(min = 1, max = 500) Long> costs) {
        SlidingLog log = SlidingLog.of(permits, length).share(share);
        State before = log.decide(null, NOW, Math.min(permits, costs.get(0))).after();

        RetryAfterLaw.holds(log, before, NOW + pause % (2 * length), costs);
    }

    @Property
    void shareNeverGivesMoreThanItsLaw(
            @ForAll @LongRange(min = 1, max = 100) long permits,
            @ForAll @DoubleRange(min = 0.01, max = 1) double share,
            @ForAll @Size(min = 1, max = 60) List<@LongRange(min = 1, max = 100) Long> costs) {
        ShareLaw.holds(SlidingLog.of(permits, SECOND).share(share), permits * share, SECOND, costs);
    }

    @Test
    void eachCallCountsForItsOwnPeriod() {
        SlidingLog log = SlidingLog.of(5, SECOND);
        State one = log.decide(null, NOW, 2).after();
        State two = log.decide(one, NOW + 300_000, 2).after();
        State three = log.decide(two, NOW + 300_000, 1).after();

        assertThat(three).isEqualTo(new State(NOW + 1_299_999, 3, 300_000, 2));
        assertThat(log.remaining(three, NOW + 999_999)).isZero();
        assertThat(log.remaining(three, NOW + SECOND)).isEqualTo(2);
        assertThat(log.retryAfterMicros(three, NOW + 300_000, 2)).isEqualTo(700_000);
        assertThat(log.retryAfterMicros(three, NOW + 300_000, 3)).isEqualTo(SECOND);
        assertThat(log.resetAfterMicros(three, NOW + 300_000)).isEqualTo(SECOND);
        // What no longer counts is forgotten.
        assertThat(log.decide(three, NOW + SECOND, 1).after())
                .isEqualTo(new State(NOW + 2 * SECOND - 1, 1, 700_000, 3));
    }

    @Test
    void callsFromBeforeTheClockWentBackCountFromNowOn() {
        SlidingLog log = SlidingLog.of(5, SECOND);

        Verdict verdict = log.decide(new State(NOW + 3_600 * SECOND, 3, 10, 2, SECOND, 1), NOW, 1);

        assertThat(verdict.mended()).isTrue();
        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.before()).isEqualTo(new State(NOW + SECOND - 1, 3, 10, 2));
    }

    @Test
    void longLogsAreRefused() {
        assertThatThrownBy(() -> SlidingLog.of(1_001, SECOND))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("1000 permits", "sliding counter");
    }
}
