package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static final long NOW = 1_792_000_001_234_567L;

    private final Limit limit =
            Limit.tokenBucket("limit", 7, Duration.ofMillis(10)).burst(20);

    // With the end of the trip for its place, a call would be given back what those before it took.
    @Test
    void eachCallerHasThePlaceThatItWouldHaveHadAlone() {
        List<Caller> dear = List.of(caller(3), caller(3));
        List<Caller> cheap = List.of(caller(1), caller(1), caller(1));
        List<State> alone = new ArrayList<>();
        State state = null;
        for (long cost : new long[] {3, 3, 4, 1, 1}) {
            state = limit.algorithm().decide(state, NOW, cost).after();
            alone.add(state);
        }

        try (RateLimiter limiter = RateLimiter.inMemory().build()) {
            // Of the cheap ones the last is denied; between them and the dear ones four were taken for nobody yet.
            Batch batch = new Batch(limiter, state, NOW);
            batch.deny(cheap.subList(2, 3));
            batch.allow(cheap.subList(0, 2));
            batch.pass(Ask.of(limit, "k", 4).charges().get(0), 1);
            batch.allow(dear);
        }

        assertThat(cheap.get(2).join().allowed()).isFalse();
        assertThat(cheap.get(2).join().receipt()).isNull();
        assertThat(place(cheap.get(1))).isEqualTo(alone.get(4));
        assertThat(place(cheap.get(0))).isEqualTo(alone.get(3));
        assertThat(place(dear.get(1))).isEqualTo(alone.get(1));
        assertThat(place(dear.get(0))).isEqualTo(alone.get(0));
        assertThat(dear.get(0).join().remaining()).isEqualTo(cheap.get(1).join().remaining());
    }

    private Caller caller(long cost) {
        return new Caller(Ask.of(limit, "k", cost), Long.MAX_VALUE);
    }

    private static State place(Caller caller) {
        return caller.join().receipt().charged().get(0).state();
    }
}
