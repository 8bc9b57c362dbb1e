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

class SlidingCounterTest {
    private static final long SECOND = 1_000_000;
    // The start of a window.
    private static final long START = 1_792_000_001_000_000L;

    @Property
    void retryAfterIsLeastAndSufficient(
            @ForAll @LongRange(min = 1, max = 500) long permits,
            @ForAll @LongRange(min = 1, max = 90_000_000_000L) long length,
            @ForAll @DoubleRange(min = 0.01, max = 1) double share,
            @ForAll @LongRange(min = 0, max = 90_000_000_000L) long pause,
            @ForAll @Size(min = 1, max = 20) List<@LongRange(min = 1, max = 500) Long> costs) {
        SlidingCounter counter = SlidingCounter.of(permits, length).share(share);
        State before =
                counter.decide(null, START, Math.min(permits, costs.get(0))).after();

        RetryAfterLaw.holds(counter, before, START + pause % (3 * length), costs);
    }

    @Property
    void shareNeverGivesMoreThanItsLaw(
            @ForAll @LongRange(min = 1, max = 100) long permits,
            @ForAll @DoubleRange(min = 0.01, max = 1) double share,
            @ForAll @Size(min = 1, max = 60) List<@LongRange(min = 1, max = 100) Long> costs) {
        ShareLaw.holds(SlidingCounter.of(permits, SECOND).share(share), permits * share, SECOND, costs);
    }

    @Test
    void whatWasTakenInTheWindowBeforeFadesWithIt() {
        SlidingCounter counter = SlidingCounter.of(10, SECOND);
        State taken = counter.decide(null, START, 10).after();

        assertThat(taken).isEqualTo(new State(START + 2 * SECOND - 1, 10, 0));
        assertThat(counter.remaining(taken, START + SECOND - 1)).isZero();
        assertThat(counter.remaining(taken, START + SECOND + 400_000)).isEqualTo(4);
        assertThat(counter.retryAfterMicros(taken, START, 1)).isEqualTo(1_100_000);
        assertThat(counter.resetAfterMicros(taken, START)).isEqualTo(2 * SECOND);

        State more = counter.decide(taken, START + 1_500_000, 5).after();

        assertThat(more).isEqualTo(new State(START + 3 * SECOND - 1, 5, 10));
        assertThat(counter.remaining(more, START + 1_500_000)).isZero();
    }

    @Test
    void countsFromBeforeTheClockWentBackAreMendedToThisWindow() {
        SlidingCounter counter = SlidingCounter.of(4, SECOND);

        Verdict verdict = counter.decide(new State(START + 3_600 * SECOND - 1, 3, 1), START, 1);

        assertThat(verdict.mended()).isTrue();
        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.before()).isEqualTo(new State(START + 2 * SECOND - 1, 3, 1));
    }

    @Test
    void twoPartsOfOneCountMergeToTheGreater() {
        SlidingCounter counter = SlidingCounter.of(9, SECOND);
        State one = new State(START + 2 * SECOND - 1, 5, 1);
        State other = new State(START + 2 * SECOND + 2, 2, 3);

        assertThat(counter.merge(one, other, START + 10)).isEqualTo(new State(START + 2 * SECOND + 2, 5, 3));
        assertThat(counter.merge(one, new State(START - 1, 9, 9), START + 10)).isEqualTo(one);
        // Of both only the window before counts any more.
        State faded = counter.merge(one, other, START + SECOND + 10);
        assertThat(faded).isEqualTo(new State(START + 2 * SECOND + 2, 5, 0));
        assertThat(counter.moved(one, 10)).isEqualTo(new State(START + 2 * SECOND + 9, 5, 1));
    }

    @Test
    void whatIsTooFineForExactNumbersIsRefused() {
        assertThatThrownBy(() -> SlidingCounter.of(30_000, 86_400 * SECOND))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("2^51", "token bucket");
    }
}
