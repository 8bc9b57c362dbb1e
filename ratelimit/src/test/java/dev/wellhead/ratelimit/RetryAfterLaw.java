package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What every algorithm's {@code retryAfter} must be. */
final class RetryAfterLaw {
    private RetryAfterLaw() {}

    /** It is the least time that suffices, after each of these calls at one moment. */
    static void holds(Algorithm algorithm, long now, List<Long> costs) {
        holds(algorithm, null, now, costs);
    }

    /** The same, from a state that is there already. */
    static void holds(Algorithm algorithm, @Nullable State before, long now, List<Long> costs) {
        @Nullable State state = before;
        for (long cost : costs) {
            long asked = Math.min(cost, algorithm.burst());
            Verdict verdict = algorithm.decide(state, now, asked);
            long wait = algorithm.retryAfterMicros(state, now, asked);
            assertThat(verdict.allowed()).isEqualTo(wait == 0);
            assertThat(algorithm.decide(state, now + wait, asked).allowed()).isTrue();
            if (wait > 0) {
                assertThat(algorithm.decide(state, now + wait - 1, asked).allowed())
                        .isFalse();
            }
            state = verdict.state(verdict.allowed());
        }
    }
}
