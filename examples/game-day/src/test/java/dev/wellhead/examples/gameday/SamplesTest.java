package dev.wellhead.examples.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.gameday.Samples.Summary;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void requestsCountWhereTheyWereDueAndNotWhereTheyWereAnswered() {
        Samples samples = new Samples();
        samples.ok(99, 1_000);
        samples.ok(100, 2_000_000);
        samples.failed(150, 9_000_000, "status 503");
        samples.ok(200, 3_000_000);

        Summary summary = samples.summary(100, 200);

        assertThat(summary.requests()).isEqualTo(2);
        assertThat(summary.failures()).isEqualTo(Map.of("status 503", 1L));
        assertThat(summary.errorRate()).isEqualTo(50);
        assertThat(summary.max()).isEqualTo(9);
    }

    @Test
    void noRequestsHaveNoTimes() {
        Summary summary = new Samples().summary(0, 1);

        assertThat(summary.requests()).isZero();
        assertThat(summary.errorRate()).isZero();
        assertThat(summary.p99()).isNaN();
    }

    @Test
    void whatIsForgottenCountsNoMore() {
        Samples samples = new Samples();
        samples.ok(1, 1);
        samples.ok(2, 1);

        samples.forgetBefore(2);

        assertThat(samples.summary(0, 10).requests()).isEqualTo(1);
    }

    @Property
    void percentileIsAValueThatItsShareDoesNotExceed(
            @ForAll @NotEmpty List<@LongRange(min = 0, max = 10_000_000_000L) Long> times) {
        Samples samples = new Samples();
        times.forEach(time -> samples.ok(0, time));

        Summary summary = samples.summary(0, 1);

        long notAbove =
                times.stream().filter(time -> time / 1e6 <= summary.p99()).count();
        long below = times.stream().filter(time -> time / 1e6 < summary.p99()).count();
        assertThat(notAbove).isGreaterThanOrEqualTo((long) Math.ceil(0.99 * times.size()));
        assertThat(below).isLessThan((long) Math.ceil(0.99 * times.size()));
        assertThat(summary.p50()).isLessThanOrEqualTo(summary.p99());
        assertThat(summary.p99()).isLessThanOrEqualTo(summary.max());
    }
}
