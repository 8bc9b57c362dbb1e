package dev.wellhead.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.wellhead.core.MetricSink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class GuardedMetricsTest {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedMetricsTest.class);

    private final List<String> heard = new ArrayList<>();

    /** Notes what it is told, and throws where it is told to. */
    private final class Sink implements MetricSink {
        private final boolean atRegistration;
        private final boolean atUse;

        Sink(boolean atRegistration, boolean atUse) {
            this.atRegistration = atRegistration;
            this.atUse = atUse;
        }

        @Override
        public Counter counter(String name, String... tags) {
            throwIf(atRegistration);
            return delta -> {
                heard.add(name + String.join("", tags) + delta);
                throwIf(atUse);
            };
        }

        @Override
        public Timer timer(String name, String... tags) {
            throwIf(atRegistration);
            return nanos -> {
                heard.add(name + String.join("", tags) + nanos);
                throwIf(atUse);
            };
        }

        @Override
        public Registration gauge(String name, DoubleSupplier value, String... tags) {
            throwIf(atRegistration);
            heard.add(name + String.join("", tags) + value.getAsDouble());
            return () -> {
                heard.add("closed");
                throwIf(atUse);
            };
        }

        private void throwIf(boolean wanted) {
            if (wanted) {
                throw new IllegalStateException("sink");
            }
        }
    }

    private static void useAll(MetricSink sink) {
        sink.counter("c", "k", "v").add(2);
        sink.counter("c", "k", "v").increment();
        sink.timer("t", "k", "v").record(3);
        sink.gauge("g", () -> 4, "k", "v").close();
    }

    @Test
    void everythingGoesThrough() {
        useAll(GuardedMetrics.of(new Sink(false, false), "test", LOG));

        assertThat(heard).containsExactly("ckv2", "ckv1", "tkv3", "gkv4.0", "closed");
    }

    @Test
    void nothingComesOutOfASinkThatThrowsWhenUsed() {
        MetricSink guarded = GuardedMetrics.of(new Sink(false, true), "test", LOG);

        assertThatCode(() -> useAll(guarded)).doesNotThrowAnyException();
        assertThat(heard).hasSize(5);
    }

    @Test
    void nothingComesOutOfASinkThatThrowsWhenAsked() {
        MetricSink guarded = GuardedMetrics.of(new Sink(true, false), "test", LOG);

        assertThatCode(() -> useAll(guarded)).doesNotThrowAnyException();
        assertThat(heard).isEmpty();
    }

    @Test
    void noSinkStaysNoSinkAndAGuardIsNotGuardedAgain() {
        MetricSink guarded = GuardedMetrics.of(new Sink(false, false), "test", LOG);

        assertThat(GuardedMetrics.of(MetricSink.none(), "test", LOG)).isSameAs(MetricSink.none());
        assertThat(GuardedMetrics.of(guarded, "other", LOG)).isSameAs(guarded);
    }
}
