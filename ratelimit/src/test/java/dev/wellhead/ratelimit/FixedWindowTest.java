package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FixedWindowTest {
    private static final long NOW = 1_792_000_001_234_567L;
    private static final long SECOND = 1_000_000;

    @Property
    void retryAfterIsLeastAndSufficient(
            @ForAll @LongRange(min = 1, max = 500) long permits,
            @ForAll @LongRange(min = 1, max = 90_000_000_000L) long length,
            @ForAll @DoubleRange(min = 0.01, max = 1) double share,
            @ForAll @Size(min = 1, max = 20) List<@LongRange(min = 1, max = 500) Long> costs) {
        RetryAfterLaw.holds(FixedWindow.of(permits, length).share(share), NOW, costs);
    }

    @Property
    void shareOverManyWindowsNeverGivesMoreThanItsShare(
            @ForAll @LongRange(min = 1, max = 100) long permits,
            @ForAll @DoubleRange(min = 0.01, max = 1) double share,
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 100) Integer> costs) {
        FixedWindow window = FixedWindow.of(permits, SECOND).share(share);
        State state = null;
        long now = 0;
        long given = 0;

        for (int cost : costs) {
            long asked = Math.min(cost, permits);
            now += window.retryAfterMicros(state, now, asked);
            Verdict verdict = window.decide(state, now, asked);
            assertThat(verdict.allowed()).isTrue();
            given += asked;
            state = verdict.after();
        }

        // What is not paid off yet ends with the window of the last state.
        long windows = (state.micros() + 1) / SECOND;
        assertThat((double) given).isLessThanOrEqualTo(windows * permits * share + 1e-6);
    }

    @Test
    void windowEndsAtAMultipleOfItsLength() {
        FixedWindow window = FixedWindow.of(2, SECOND);
        State taken = window.decide(null, NOW, 2).after();

        assertThat(taken).isEqualTo(new State(1_792_000_001_999_999L, 2));
        assertThat(window.decide(taken, 1_792_000_001_999_999L, 1).allowed()).isFalse();
        assertThat(window.decide(taken, 1_792_000_002_000_000L, 2).allowed()).isTrue();
        assertThat(window.resetAfterMicros(taken, NOW)).isEqualTo(765_433);
        assertThat(window.remaining(taken, 1_792_000_002_000_000L)).isEqualTo(2);
    }

    @Test
    void windowFromBeforeTheClockWentBackIsMendedToThisOne() {
        FixedWindow window = FixedWindow.of(2, SECOND);

        Verdict verdict = window.decide(new State(NOW + 3_600 * SECOND, 2), NOW, 1);

        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.mended()).isTrue();
        assertThat(verdict.before()).isEqualTo(new State(1_792_000_001_999_999L, 2));
    }

    @Test
    void dearCallClosesAsManyWindowsOfAShareAsItIsWorth() {
        FixedWindow fifth = FixedWindow.of(10, SECOND).share(0.2);

        Verdict dear = fifth.decide(null, 0, 5);

        assertThat(dear.allowed()).isTrue();
        assertThat(fifth.retryAfterMicros(dear.after(), 0, 1)).isEqualTo(3 * SECOND);
    }

    @Test
    void twoPartsOfOneWindowMergeToTheGreaterCount() {
        FixedWindow window = FixedWindow.of(9, SECOND);

        assertThat(window.merge(new State(1_000, 5), new State(1_003, 1), 900)).isEqualTo(new State(1_003, 5));
        assertThat(window.merge(new State(1_000, 5), new State(800, 7), 900)).isEqualTo(new State(1_000, 5));
        assertThat(window.moved(new State(1_000, 5), 10)).isEqualTo(new State(1_010, 5));
    }
}
