package dev.wellhead.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.console.DeniedKeys.Denied;
import dev.wellhead.ratelimit.Ask;
import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.Permit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeniedKeysTest {
    private final ManualTicker ticker = new ManualTicker();
    private final DeniedKeys denied = new DeniedKeys(ticker);

    @Test
    void theMostDeniedComeFirst() {
        count("a", 3);
        count("b", 5);
        count("c", 1);

        assertThat(denied.most(2)).containsExactly(new Denied("ip", "b", 5), new Denied("ip", "a", 3));
    }

    @Test
    void whoIsDeniedOftenIsFoundAmongTenThousandWhoAreNot() {
        for (int i = 0; i < 10_000; i++) {
            count("once-" + i, 1);
            if (i % 50 == 0) {
                count("often", 1);
            }
        }

        assertThat(denied.most(1)).extracting(Denied::hash).containsExactly("often");
        assertThat(denied.most(1).get(0).denied()).isGreaterThanOrEqualTo(200);
        assertThat(denied.most(100_000)).hasSize(256);
    }

    @Test
    void countsAreForgottenAfterTenMinutes() {
        count("a", 3);
        ticker.advance(Duration.ofMinutes(6));
        count("a", 1);
        assertThat(denied.most(1)).containsExactly(new Denied("ip", "a", 4));

        ticker.advance(Duration.ofMinutes(5));

        assertThat(denied.most(1)).containsExactly(new Denied("ip", "a", 1));
        ticker.advance(Duration.ofMinutes(60));
        assertThat(denied.most(1)).isEmpty();
    }

    @Test
    void aWatchedLimiterAnswersAsTheOneBehindItAndKnowsWhomItDenied() throws InterruptedException {
        Limit two = Limit.tokenBucket("two", 2, Duration.ofHours(1));
        Limit one = Limit.tokenBucket("one", 1, Duration.ofHours(1));
        try (WatchedLimiter limiter = WatchedLimiter.of(RateLimiter.inMemory().build(), ticker)) {
            Decision first = limiter.tryAcquire(two, "ann");
            assertThat(first.allowed()).isTrue();
            assertThat(limiter.mostDenied(10)).isEmpty();
            assertThat(limiter.refund(first)).isTrue();

            limiter.tryAcquire(two, "ann");
            limiter.tryAcquire(two, "ann");
            assertThat(limiter.tryAcquire(two, "ann").allowed()).isFalse();
            assertThat(limiter.tryAcquireAsync(Ask.of(two, "ann"))
                            .toCompletableFuture()
                            .join()
                            .allowed())
                    .isFalse();
            assertThat(limiter.acquire(two, "ann", Duration.ZERO).allowed()).isFalse();
            limiter.tryAcquire(one, "bob");
            assertThat(limiter.tryAcquire(Ask.of(one, "bob").and(two, "eve")).allowed())
                    .isFalse();
            assertThat(limiter.peek(Ask.of(one, "bob")).allowed()).isFalse();

            assertThat(limiter.mostDenied(10))
                    .containsExactly(
                            new Denied("two", limiter.hash("ann"), 3), new Denied("one", limiter.hash("bob"), 1));
            assertThat(limiter.stats().denied()).isEqualTo(4);
        }
    }

    @Test
    void permitsThatAreDeniedCountToo() {
        try (WatchedLimiter limiter = WatchedLimiter.of(RateLimiter.inMemory().build(), ticker);
                Permit held = limiter.tryAcquire(Limit.concurrency("jobs", 1, Duration.ofMinutes(1)), "ann")) {
            assertThat(held.granted()).isTrue();

            limiter.tryAcquire(Limit.concurrency("jobs", 1, Duration.ofMinutes(1)), "ann");

            assertThat(limiter.mostDenied(1)).containsExactly(new Denied("jobs", limiter.hash("ann"), 1));
        }
    }

    @Test
    void hashesAreSaltedAndShowNothingOfTheKey() {
        WatchedLimiter one = WatchedLimiter.of(RateLimiter.inMemory().build());
        WatchedLimiter other = WatchedLimiter.of(RateLimiter.inMemory().build());

        assertThat(one.hash("203.0.113.9"))
                .isEqualTo(one.hash("203.0.113.9"))
                .isNotEqualTo(other.hash("203.0.113.9"))
                .matches("[0-9a-f]{16}");
        assertThat(List.of(one.hash(""), one.hash("a"), one.hash("b"))).doesNotHaveDuplicates();
    }

    private void count(String hash, int times) {
        for (int i = 0; i < times; i++) {
            denied.count("ip", hash);
        }
    }
}
