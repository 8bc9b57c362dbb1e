package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a share must keep to, dear calls included, however many are asked for one after the other. */
final class ShareLaw {
    private ShareLaw() {}

    /** Each call waits until it is allowed; what was given before the last one is within {@code room} and its rate. */
    static void holds(Algorithm share, double room, long period, List<Long> costs) {
        @Nullable State state = null;
        long now = 0;
        long given = 0;
        for (long cost : costs) {
            long asked = Math.min(cost, share.burst());
            now += share.retryAfterMicros(state, now, asked);
            Verdict verdict = share.decide(state, now, asked);
            assertThat(verdict.allowed()).isTrue();
            // A dear one comes first and is paid off after.
            assertThat((double) given).isLessThanOrEqualTo(room + room * now / period + 1e-6);
            given += asked;
            state = verdict.after();
        }
        long paid = now + share.resetAfterMicros(state, now);
        assertThat((double) given).isLessThanOrEqualTo(room + room * paid / period + 1e-6);
    }
}
