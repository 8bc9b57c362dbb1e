package dev.wellhead.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.console.Histogram.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HistogramTest {
    private static final long MILLI = 1_000_000;

    @Property
    void aBucketHoldsNothingThatIsAnEighthBelowItsEnd(@ForAll @LongRange(min = 0, max = (15L << 36) - 1) long nanos) {
        long upper = Histogram.upperNanos(Histogram.bucket(nanos));

        assertThat(upper).isGreaterThanOrEqualTo(nanos);
        assertThat(upper - nanos).isLessThanOrEqualTo(nanos / 8);
    }

    @Property
    void everyLongHasABucket(@ForAll long nanos) {
        assertThat(Histogram.bucket(nanos)).isBetween(0, Histogram.BUCKETS - 1);
    }

    @Property
    void percentilesAreThoseOfTheSortedListToAnEighth(
            @ForAll @Size(min = 1, max = 200) List<@LongRange(min = 1, max = 1L << 35) Long> durations) {
        Histogram histogram = new Histogram();
        durations.forEach(histogram::record);
        List<Long> sorted = new ArrayList<>(durations);
        sorted.sort(null);

        Interval all = Interval.between(new long[Histogram.BUCKETS], histogram.counts());

        for (double share : new double[] {0.5, 0.99, 1}) {
            double exact = sorted.get((int) Math.ceil(share * sorted.size()) - 1) / 1e6;
            assertThat(all.millis(share)).isBetween(exact, exact * 1.125 + 1e-6);
        }
    }

    @Test
    void anIntervalHoldsWhatCameBetweenItsReadings() {
        Histogram histogram = new Histogram();
        histogram.record(100 * MILLI);
        long[] before = histogram.counts();
        histogram.record(MILLI);
        histogram.record(MILLI);

        Interval interval = Interval.between(before, histogram.counts());

        assertThat(interval.total()).isEqualTo(2);
        assertThat(interval.millis(1)).isBetween(1.0, 1.125);
        assertThat(Interval.between(before, before).millis(0.5)).isNaN();
    }

    @Test
    void threadsLoseNothing() throws InterruptedException {
        Histogram histogram = new Histogram();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(new Thread(() -> {
                for (int times = 0; times < 10_000; times++) {
                    histogram.record(times);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(Interval.between(new long[Histogram.BUCKETS], histogram.counts())
                        .total())
                .isEqualTo(80_000);
    }

    @Test
    void theLastMinuteForgetsWhatIsOlder() {
        Histogram histogram = new Histogram();
        Percentiles percentiles = new Percentiles(() -> histogram);
        long second = TimeUnit.SECONDS.toNanos(1);
        percentiles.next(0);
        histogram.record(500 * MILLI);
        assertThat(Objects.requireNonNull(percentiles.next(second)).total()).isEqualTo(1);
        histogram.record(MILLI);
        assertThat(Objects.requireNonNull(percentiles.next(2 * second)).millis(1))
                .isBetween(1.0, 1.125);
        assertThat(Objects.requireNonNull(percentiles.lastMinute()).millis(1)).isGreaterThan(499);

        for (int i = 3; i < 70; i++) {
            histogram.record(MILLI);
            percentiles.next(i * second);
        }

        assertThat(Objects.requireNonNull(percentiles.lastMinute()).millis(1)).isLessThan(2);
        assertThat(Objects.requireNonNull(percentiles.lastMinute()).total()).isBetween(50L, 61L);
    }

    @Test
    void nobodyRecordsWithoutAHistogram() {
        Percentiles percentiles = new Percentiles(() -> null);

        assertThat(percentiles.next(0)).isNull();
        assertThat(Percentiles.shown(percentiles.lastMinute())).isNull();
    }
}
