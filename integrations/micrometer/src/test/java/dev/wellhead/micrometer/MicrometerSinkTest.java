package dev.wellhead.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.core.MetricSink;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerSinkTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerSink sink = MicrometerSink.of(registry);

    private List<String> names() {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .distinct()
                .sorted()
                .toList();
    }

    @Test
    void countersCountUnderTheirNameAndTagsWithADescription() {
        sink.counter("wellhead.pool.timeouts", "pool", "a").increment();
        sink.counter("wellhead.pool.timeouts", "pool", "a").add(41);
        sink.counter("wellhead.pool.timeouts", "pool", "b").increment();

        var counter = registry.get("wellhead.pool.timeouts").tag("pool", "a").counter();
        assertThat(counter.count()).isEqualTo(42);
        assertThat(counter.getId().getDescription()).isEqualTo("Callers that got no connection within their time");
        assertThat(registry.get("wellhead.pool.timeouts")
                        .tag("pool", "b")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void timersRecordNanoseconds() {
        sink.timer("wellhead.pool.wait", "pool", "a").record(TimeUnit.MILLISECONDS.toNanos(250));
        sink.timer("wellhead.pool.wait", "pool", "a").record(TimeUnit.MILLISECONDS.toNanos(750));

        var timer = registry.get("wellhead.pool.wait").tag("pool", "a").timer();
        assertThat(timer.count()).isEqualTo(2);
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isEqualTo(1.0);
        assertThat(timer.max(TimeUnit.MILLISECONDS)).isEqualTo(750);
    }

    @Test
    void gaugeIsReadWhenAskedForAndGoesWhenItIsClosed() {
        double[] value = {3};
        MetricSink.Registration registration = sink.gauge("wellhead.pool.active", () -> value[0], "pool", "a");
        var gauge = registry.get("wellhead.pool.active").tag("pool", "a").gauge();
        assertThat(gauge.value()).isEqualTo(3);
        value[0] = 4;
        assertThat(gauge.value()).isEqualTo(4);

        registration.close();
        registration.close();

        assertThat(registry.getMeters()).isEmpty();
    }

    // Nobody but the sink holds the supplier of a component, and it must not vanish while that lives.
    @Test
    void gaugeIsHeldStrongly() {
        sink.gauge("wellhead.pool.active", new Object()::hashCode, "pool", "a");

        System.gc();

        assertThat(registry.get("wellhead.pool.active").gauge().value()).isNotNaN();
    }

    @Test
    void twoPoolsOfDifferentNamesStandBesideEachOther() {
        MetricSink.Registration first = sink.gauge("wellhead.pool.active", () -> 1, "pool", "a");
        sink.gauge("wellhead.pool.active", () -> 2, "pool", "b");

        first.close();

        assertThat(registry.find("wellhead.pool.active").tag("pool", "a").gauge())
                .isNull();
        assertThat(registry.get("wellhead.pool.active").tag("pool", "b").gauge().value())
                .isEqualTo(2);
    }

    @Test
    void ofTwoWithOneNameTheNewestIsShownAndClosingTheOlderHidesNothing() {
        MetricSink.Registration old = sink.gauge("wellhead.pool.active", () -> 1, "pool", "a");
        MetricSink.Registration young = sink.gauge("wellhead.pool.active", () -> 2, "pool", "a");
        assertThat(registry.get("wellhead.pool.active").gauge().value()).isEqualTo(2);

        old.close();
        assertThat(registry.get("wellhead.pool.active").gauge().value()).isEqualTo(2);

        MetricSink.Registration third = sink.gauge("wellhead.pool.active", () -> 3, "pool", "a");
        third.close();
        assertThat(registry.get("wellhead.pool.active").gauge().value()).isEqualTo(2);
        young.close();
        assertThat(registry.getMeters()).isEmpty();

        sink.gauge("wellhead.pool.active", () -> 4, "pool", "a");
        assertThat(registry.get("wellhead.pool.active").gauge().value()).isEqualTo(4);
    }

    @Test
    void closingTakesAllMetersOutAndWhatIsCountedThenIsLost() {
        MicrometerSink all = MicrometerSink.builder(registry).hikariNames().build();
        registry.counter("of.the.host").increment();
        MetricSink.Counter counter = all.counter("wellhead.pool.timeouts", "pool", "a");
        MetricSink.Timer timer = all.timer("wellhead.pool.wait", "pool", "a");
        MetricSink.Registration gauge = all.gauge("wellhead.pool.active", () -> 1, "pool", "a");
        all.counter("wellhead.cache.gets", "cache", "c", "tier", "near", "result", "hit");
        assertThat(names())
                .contains("hikaricp.connections.timeout", "hikaricp.connections.acquire", "hikaricp.connections.active")
                .contains("cache.gets", "wellhead.cache.gets");

        all.close();
        all.close();

        assertThat(names()).containsExactly("of.the.host");
        counter.increment();
        timer.record(1);
        gauge.close();
        all.counter("wellhead.pool.slow", "pool", "a").increment();
        all.timer("wellhead.pool.usage", "pool", "a").record(1);
        all.gauge("wellhead.pool.idle", () -> 1, "pool", "a").close();
        assertThat(names()).containsExactly("of.the.host");
    }

    @Test
    void seriesBeyondTheMaximumAreCountedTogetherAndGaugesLeftOut() {
        MicrometerSink bounded =
                MicrometerSink.builder(registry).maximumSeries(3).build();
        for (int key = 0; key < 1_000; key++) {
            bounded.counter("wellhead.ratelimit.decisions", "limit", "user-" + key, "outcome", "allowed")
                    .increment();
            bounded.gauge("wellhead.cache.size", () -> 7, "cache", "c-" + key);
        }

        assertThat(registry.find("wellhead.ratelimit.decisions").counters()).hasSize(4);
        assertThat(registry.get("wellhead.ratelimit.decisions")
                        .tag("limit", Series.OTHER)
                        .tag("outcome", Series.OTHER)
                        .counter()
                        .count())
                .isEqualTo(997);
        assertThat(registry.find("wellhead.cache.size").gauges()).hasSize(3);
    }

    @Test
    void seriesThatComesBackIsNoNewOne() {
        MicrometerSink bounded =
                MicrometerSink.builder(registry).maximumSeries(1).build();
        for (int round = 0; round < 3; round++) {
            MetricSink.Registration gauge = bounded.gauge("wellhead.pool.active", () -> 5, "pool", "a");
            assertThat(registry.get("wellhead.pool.active").gauge().value()).isEqualTo(5);
            gauge.close();
        }
    }

    @Test
    void meterThatTheRegistryRefusesCostsNothingElse() {
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public MeterFilterReply accept(Meter.Id id) {
                if (id.getName().equals("wellhead.pool.slow")) {
                    throw new IllegalStateException("filter");
                }
                return id.getName().equals("wellhead.pool.leaks") ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
            }
        });

        assertThatCode(() -> {
                    sink.counter("wellhead.pool.slow", "pool", "a").increment();
                    sink.timer("wellhead.pool.slow", "pool", "a").record(1);
                    sink.gauge("wellhead.pool.slow", () -> 1, "pool", "a").close();
                    sink.counter("wellhead.pool.leaks", "pool", "a").increment();
                    sink.counter("wellhead.pool.timeouts", "pool", "a").increment();
                })
                .doesNotThrowAnyException();
        assertThat(names()).containsExactly("wellhead.pool.timeouts");
    }

    @Test
    void tagsThatAreNoPairsAreRefusedByName() {
        assertThatThrownBy(() -> sink.counter("wellhead.pool.slow", "pool"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tags of wellhead.pool.slow must be pairs of key and value, were 1: pool");
    }

    @Test
    void maximumOfSeriesBelowOneIsRefused() {
        assertThatThrownBy(() -> MicrometerSink.builder(registry).maximumSeries(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maximumSeries must be >= 1, was 0");
    }

    @Test
    void metricThatNobodyKnowsIsPassedOnWithoutADescription() {
        sink.counter("host.own", "k", "v").increment();

        assertThat(registry.get("host.own").tag("k", "v").counter().count()).isEqualTo(1);
        assertThat(registry.get("host.own").counter().getId().getDescription()).isNull();
    }
}
