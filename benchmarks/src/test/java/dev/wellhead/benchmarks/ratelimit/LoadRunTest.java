package dev.wellhead.benchmarks.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.benchmarks.program.Parking;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoadRunTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    private final AtomicLong calls = new AtomicLong();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    /** A limiter that answers as it is told. */
    private interface Told extends LimiterNode {
        @Override
        default void close() {}
    }

    @Test
    void everyCallIsCountedOnceAsWantedOrNot() throws Exception {
        Told node = key -> {
            asked.add(key);
            return calls.incrementAndGet() % 4 == 0 ? Answer.DENIED : Answer.ALLOWED;
        };

        LoadRun.Result result = new LoadRun(node, List.of("a", "b"), Answer.ALLOWED, 3, 1).run(SHORT, SHORT);

        assertThat(result.decisions()).isEqualTo(calls.get());
        assertThat(result.others()).isEqualTo(calls.get() / 4);
        assertThat(result.perSecond()).isPositive();
        assertThat(result.latencies().count()).isBetween(1L, calls.get());
        assertThat(asked).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void decisionThatIsNotAsWantedCountsAsLongAsTheWholeTime() throws Exception {
        Told node = key -> Answer.WITHOUT_REDIS;

        LoadRun.Result result = new LoadRun(node, List.of("a"), Answer.ALLOWED, 1, 1).run(SHORT, SHORT);

        assertThat(result.perSecond()).isZero();
        // To 0.2 %.
        assertThat(result.latencies().percentileNanos(0.01)).isGreaterThan(0.99 * SHORT.toNanos());
    }

    @Test
    void callThatLastsForTheWholeRunIsTimed() throws Exception {
        Told node = key -> {
            Parking.nanos(SHORT.multipliedBy(4).toNanos());
            return Answer.ALLOWED;
        };

        LoadRun.Result result = new LoadRun(node, List.of("a"), Answer.ALLOWED, 1, 1000).run(SHORT, SHORT);

        assertThat(result.latencies().count()).isPositive();
        assertThat(result.latencies().mostNanos()).isGreaterThanOrEqualTo(SHORT.toNanos());
    }

    @Test
    void oneCallInSoManyIsTimed() throws Exception {
        Told node = key -> {
            calls.incrementAndGet();
            return Answer.ALLOWED;
        };

        LoadRun.Result result = new LoadRun(node, List.of("a"), Answer.ALLOWED, 1, 100).run(Duration.ZERO, SHORT);

        assertThat(result.latencies().count()).isBetween(1L, 2 + calls.get() / 100);
    }

    @Test
    void whatACallThrowsEndsTheRun() {
        Told node = key -> {
            if (calls.incrementAndGet() == 7) {
                throw new IllegalStateException("broken on purpose");
            }
            return Answer.ALLOWED;
        };

        assertThatThrownBy(() -> new LoadRun(node, List.of("a"), Answer.ALLOWED, 2, 1).run(SHORT, SHORT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken on purpose");
    }
}
