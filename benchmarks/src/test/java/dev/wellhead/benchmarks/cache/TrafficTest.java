package dev.wellhead.benchmarks.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.benchmarks.cache.Traffic.Call;
import dev.wellhead.benchmarks.cache.Traffic.Span;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrafficTest {
    /** A node that answers as it is told. */
    private abstract static class Told implements CacheNode {
        final AtomicInteger calls = new AtomicInteger();

        @Override
        public void invalidate(String key) {}

        @Override
        public void close() {}
    }

    @Test
    void exceptionAndNothingAreNoSuccess() {
        Told node = new Told() {
            @Override
            public @Nullable String get(String key) {
                return switch (calls.incrementAndGet()) {
                    case 1 -> "value";
                    case 2 -> null;
                    case 3 -> throw new IllegalStateException("broken on purpose");
                    default -> "value";
                };
            }
        };
        Traffic traffic = new Traffic(node, List.of("a"), 1);
        await().until(() -> node.calls.get() > 4);

        List<Call> calls = traffic.stop();

        assertThat(calls.subList(0, 4)).extracting(Call::ok).containsExactly(true, false, false, true);
    }

    @Test
    void callThatHangsCountsAsLongAsItHasHungSoFar() {
        CountDownLatch hang = new CountDownLatch(1);
        Told node = new Told() {
            @Override
            public String get(String key) throws InterruptedException {
                if (calls.incrementAndGet() == 3) {
                    hang.await();
                }
                return "value";
            }
        };
        Traffic traffic = new Traffic(node, List.of("a"), 1);
        await().until(() -> node.calls.get() == 3);
        Pauses.nanos(TimeUnit.MILLISECONDS.toNanos(50));

        List<Call> calls = traffic.stop();
        hang.countDown();

        assertThat(calls).hasSize(3);
        assertThat(calls.get(2).nanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
    }

    @Test
    void callBelongsToTheSpansThatItTouchesAndEndsInOne() {
        Span span = new Span(100, 200);

        assertThat(new Call(50, 150, true).overlaps(span)).isTrue();
        assertThat(new Call(150, 250, true).overlaps(span)).isTrue();
        assertThat(new Call(50, 250, true).overlaps(span)).isTrue();
        assertThat(new Call(50, 100, true).overlaps(span)).isFalse();
        assertThat(new Call(200, 250, true).overlaps(span)).isFalse();
        assertThat(new Call(50, 150, true).endsIn(span)).isTrue();
        assertThat(new Call(150, 250, true).endsIn(span)).isFalse();
    }
}
