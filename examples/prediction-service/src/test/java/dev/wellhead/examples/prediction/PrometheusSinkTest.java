package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.MetricSink;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PrometheusSinkTest {
    private final PrometheusSink sink = new PrometheusSink();

    @Test
    void countersOfOneNameAreOneFamilyAndSameTagsOneSeries() {
        sink.counter("a.calls", "outcome", "ok").add(2);
        sink.counter("a.calls", "outcome", "ok").increment();
        sink.counter("a.calls", "outcome", "failed").increment();

        assertThat(sink.text()).isEqualTo("""
                        # TYPE a_calls_total counter
                        a_calls_total{outcome="failed"} 1
                        a_calls_total{outcome="ok"} 3
                        """);
    }

    @Test
    void gaugeIsReadWhenAskedForAndGoneWhenClosed() {
        double[] value = {1.5};
        MetricSink.Registration gauge = sink.gauge("g", () -> value[0]);
        assertThat(sink.text()).contains("\ng 1.5\n");

        value[0] = Double.NaN;
        assertThat(sink.text()).contains("\ng NaN\n");
        gauge.close();

        assertThat(sink.text()).isEmpty();
    }

    @Test
    void labelValuesCannotBreakTheFormat() {
        sink.counter("c", "k", "a\"b\\c\nd").increment();

        assertThat(sink.text()).contains("c_total{k=\"a\\\"b\\\\c\\nd\"} 1");
    }

    @Property
    void histogramCountsEveryDurationInEachBucketThatHoldsIt(
            @ForAll List<@LongRange(min = 0, max = 20_000_000_000L) Long> durations) {
        PrometheusSink own = new PrometheusSink();
        MetricSink.Timer timer = own.timer("t");

        durations.forEach(timer::record);

        long atMost100ms =
                durations.stream().filter(nanos -> nanos <= 100_000_000).count();
        assertThat(own.text())
                .contains("t_seconds_bucket{le=\"0.1\"} " + atMost100ms + "\n")
                .contains("t_seconds_bucket{le=\"+Inf\"} " + durations.size() + "\n")
                .contains("t_seconds_count " + durations.size() + "\n");
    }
}
