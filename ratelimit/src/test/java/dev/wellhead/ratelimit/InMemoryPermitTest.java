package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryPermitTest extends PermitContract {
    private final RateLimiter limiter = RateLimiter.inMemory().ticker(ticker).build();

    @Override
    RateLimiter limiter() {
        return limiter;
    }

    @Override
    Decision.Source source() {
        return Decision.Source.IN_MEMORY;
    }

    @Test
    void keysAtWhichNobodyWorksAreForgotten() {
        LocalPermits permits = new LocalPermits(ticker);
        for (int i = 0; i < 5_000; i++) {
            permits.enter("abandoned" + i, new Object(), 1, LEASE);
        }
        ticker.advance(LEASE);
        for (int i = 0; i < 1_100; i++) {
            Object holder = new Object();
            permits.enter("left" + i, holder, 1, Duration.ofDays(1));
            permits.leave("left" + i, holder);
        }

        assertThat(permits.keys()).isZero();
    }
}
