package dev.wellhead.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.core.MetricSink;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenTelemetrySinkTest {
    private final InMemoryMetricReader reader = InMemoryMetricReader.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(reader).build())
            .build();
    private final OpenTelemetrySink sink = OpenTelemetrySink.of(sdk);

    @AfterEach
    void close() {
        sdk.close();
    }

    private List<Double> gauge(String name) {
        return reader.collectAllMetrics().stream()
                .filter(metric -> metric.getName().equals(name))
                .flatMap(metric -> metric.getDoubleGaugeData().getPoints().stream())
                .map(DoublePointData::getValue)
                .sorted()
                .toList();
    }

    private List<Long> sum(String name) {
        return reader.collectAllMetrics().stream()
                .filter(metric -> metric.getName().equals(name))
                .flatMap(metric -> metric.getLongSumData().getPoints().stream())
                .map(LongPointData::getValue)
                .sorted()
                .toList();
    }

    @Test
    void countersOfOneNameAndTagsAddUp() {
        sink.counter("wellhead.pool.slow", "pool", "a").increment();
        sink.counter("wellhead.pool.slow", "pool", "a").add(4);
        sink.counter("wellhead.pool.slow", "pool", "b").increment();

        assertThat(sum("wellhead.pool.slow")).containsExactly(1L, 5L);
    }

    @Test
    void gaugesGoWhenTheyAreClosed() {
        MetricSink.Registration first = sink.gauge("wellhead.cache.size", () -> 1, "cache", "a");
        sink.gauge("wellhead.cache.size", () -> 2, "cache", "b");
        assertThat(gauge("wellhead.cache.size")).containsExactly(1.0, 2.0);

        first.close();
        first.close();

        assertThat(gauge("wellhead.cache.size")).containsExactly(2.0);
    }

    @Test
    void ofTwoWithOneNameTheNewestIsShownAndClosingTheOlderHidesNothing() {
        MetricSink.Registration old = sink.gauge("wellhead.cache.size", () -> 1, "cache", "a");
        MetricSink.Registration young = sink.gauge("wellhead.cache.size", () -> 2, "cache", "a");
        assertThat(gauge("wellhead.cache.size")).containsExactly(2.0);

        old.close();
        assertThat(gauge("wellhead.cache.size")).containsExactly(2.0);
        young.close();
        assertThat(gauge("wellhead.cache.size")).isEmpty();

        sink.gauge("wellhead.cache.size", () -> 3, "cache", "a");
        assertThat(gauge("wellhead.cache.size")).containsExactly(3.0);
    }

    @Test
    void gaugeThatIsNotKnownOrThrowsIsLeftOutAndHidesNoOther() {
        boolean[] broken = {true};
        sink.gauge("wellhead.backup.last_age_seconds", () -> Double.NaN, "database", "a");
        sink.gauge(
                "wellhead.backup.last_age_seconds",
                () -> {
                    if (broken[0]) {
                        throw new IllegalStateException("gauge");
                    }
                    return 5;
                },
                "database",
                "b");
        sink.gauge("wellhead.backup.last_age_seconds", () -> 7, "database", "c");
        assertThat(gauge("wellhead.backup.last_age_seconds")).containsExactly(7.0);

        broken[0] = false;

        assertThat(gauge("wellhead.backup.last_age_seconds")).containsExactly(5.0, 7.0);
    }

    @Test
    void closingRemovesGaugesAndWhatIsCountedThenIsLost() {
        MetricSink.Counter counter = sink.counter("wellhead.pool.slow", "pool", "a");
        MetricSink.Timer timer = sink.timer("wellhead.pool.wait", "pool", "a");
        sink.gauge("wellhead.cache.size", () -> 1, "cache", "a");
        counter.increment();

        sink.close();
        sink.close();

        counter.increment();
        timer.record(1);
        sink.gauge("wellhead.cache.size", () -> 1, "cache", "b").close();
        assertThat(sum("wellhead.pool.slow")).containsExactly(1L);
        assertThat(reader.collectAllMetrics().stream().map(MetricData::getName)).containsOnly("wellhead.pool.slow");
    }

    @Test
    void withoutAnSdkNothingHappens() {
        OpenTelemetrySink noop = OpenTelemetrySink.of(OpenTelemetry.noop());

        assertThatCode(() -> {
                    noop.counter("wellhead.pool.slow", "pool", "a").increment();
                    noop.timer("wellhead.pool.wait", "pool", "a").record(1);
                    noop.gauge("wellhead.pool.active", () -> 1, "pool", "a").close();
                    noop.close();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void tagsThatAreNoPairsAreRefusedByName() {
        assertThatThrownBy(() -> sink.counter("wellhead.pool.slow", "pool"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tags of wellhead.pool.slow must be pairs of key and value, were 1: pool");
    }
}
