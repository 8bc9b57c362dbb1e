package dev.wellhead.benchmarks.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void percentileIsThatOfTheNearestRank() {
        for (int i = 1; i <= 200; i++) {
            latencies.record(i);
        }

        assertThat(latencies.percentileNanos(0.5)).isEqualTo(100);
        assertThat(latencies.percentileNanos(0.99)).isEqualTo(198);
        assertThat(latencies.percentileNanos(0.991)).isEqualTo(199);
        assertThat(latencies.percentileNanos(1)).isEqualTo(200);
        assertThat(latencies.count()).isEqualTo(200);
    }

    @Test
    void greatestIsExactAndNoPercentileExceedsIt() {
        latencies.record(1_000_003);

        assertThat(latencies.mostNanos()).isEqualTo(1_000_003);
        assertThat(latencies.percentileNanos(0.5))
                .isLessThanOrEqualTo(1_000_003)
                .isCloseTo(1_000_003, within(2000.0));
    }

    @Test
    void whatTwoHaveCountedCanBeAdded() {
        Latencies other = new Latencies();
        latencies.record(10);
        other.record(30);
        other.record(20);

        latencies.add(other);

        assertThat(latencies.count()).isEqualTo(3);
        assertThat(latencies.percentileNanos(0.5)).isEqualTo(20);
        assertThat(latencies.mostNanos()).isEqualTo(30);
    }

    @Test
    void belowZeroIsZeroAndAboveAnHourIsKept() {
        latencies.record(-5);
        latencies.record(Long.MAX_VALUE);

        assertThat(latencies.percentileNanos(0.5)).isZero();
        assertThat(latencies.percentileNanos(1)).isGreaterThan(4e12);
        assertThat(latencies.mostNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void ofNothingThereIsNoPercentile() {
        assertThatThrownBy(() -> latencies.percentileNanos(0.5))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("nothing was counted");
    }

    @Property
    void everyPercentileIsTrueToAFifthOfAPercent(
            @ForAll @Size(min = 1, max = 50) List<@LongRange(max = 4_000_000_000_000L) Long> times,
            @ForAll @LongRange(min = 1, max = 1000) long share) {
        Latencies counted = new Latencies();
        times.forEach(counted::record);
        List<Long> sorted = times.stream().sorted().toList();

        long exact = sorted.get((int) Math.ceil(share / 1000.0 * sorted.size()) - 1);

        assertThat(counted.percentileNanos(share / 1000.0)).isCloseTo((double) exact, Percentage.withPercentage(0.2));
    }
}
