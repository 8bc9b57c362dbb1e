package dev.wellhead.benchmarks.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.benchmarks.program.Traffic.Call;
import dev.wellhead.benchmarks.program.Traffic.Span;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void exceptionAndImproperAnswerAreNoSuccess() {
        Traffic traffic = new Traffic(
                key -> switch (calls.incrementAndGet()) {
                    case 2 -> false;
                    case 3 -> throw new IllegalStateException("broken on purpose");
                    default -> true;
                },
                List.of("a"),
                1);
        await().until(() -> calls.get() > 4);

        List<Call> noted = traffic.stop();

        assertThat(noted.subList(0, 4)).extracting(Call::ok).containsExactly(true, false, false, true);
    }

    @Test
    void callThatHangsCountsAsLongAsItHasHungSoFar() {
        CountDownLatch hang = new CountDownLatch(1);
        Traffic traffic = new Traffic(
                key -> {
                    if (calls.incrementAndGet() == 3) {
                        hang.await();
                    }
                    return true;
                },
                List.of("a"),
                1);
        await().until(() -> calls.get() == 3);
        Parking.nanos(TimeUnit.MILLISECONDS.toNanos(50));

        List<Call> noted = traffic.stop();
        hang.countDown();

        assertThat(noted).hasSize(3);
        assertThat(noted.get(2).nanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
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
