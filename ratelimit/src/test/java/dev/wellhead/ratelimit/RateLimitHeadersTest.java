package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RateLimitHeadersTest {
    private final Limit minute = Limit.tokenBucket("minute", 100, Duration.ofMinutes(1));
    private final Limit day = Limit.tokenBucket("day", 10, Duration.ofDays(1)).burst(5);
    private final RateLimiter limiter =
            RateLimiter.inMemory().ticker(new ManualTicker()).build();

    @Test
    void allowedAskTellsPolicyAndStateOfEachLimit() {
        Map<String, String> headers =
                RateLimitHeaders.ietf(limiter.tryAcquire(Ask.of(minute, "k", 50).and(day, "k")));

        assertThat(headers)
                .containsExactly(
                        entry("RateLimit-Policy", "\"minute\";q=100;w=60, \"day\";q=5;w=43200"),
                        entry("RateLimit", "\"minute\";r=50;t=30, \"day\";r=4;t=8640"));
    }

    @Test
    void deniedAskTellsTheLimitsInItsWayAndNoResetBehindRetryAfter() {
        limiter.tryAcquire(Ask.of(minute, "k", 99).and(day, "k", 5));

        Map<String, String> headers =
                RateLimitHeaders.ietf(limiter.tryAcquire(Ask.of(minute, "k").and(day, "k")));

        assertThat(headers).containsEntry("RateLimit", "\"day\";r=0;t=8640").containsEntry("Retry-After", "8640");
    }

    // 10,000 who are told the same moment come back at it.
    @Test
    void callersWhoAreDeniedTogetherAreSpreadAndNoneIsEarly() {
        limiter.tryAcquire(Ask.of(minute, "k", 100));
        int[] tenths = new int[10];
        for (int caller = 0; caller < 10_000; caller++) {
            Decision denied = limiter.tryAcquire(Ask.of(minute, "k", 50));
            Decision spread = denied.spread(0.5);
            Duration more = spread.retryAfter().minus(denied.retryAfter());

            assertThat(denied.retryAfter()).isEqualTo(Duration.ofSeconds(30));
            assertThat(more).isBetween(Duration.ZERO, Duration.ofSeconds(15).plusNanos(1_000));
            assertThat(spread.quotas()).isEqualTo(denied.quotas());
            tenths[(int) Math.min(9, more.toMillis() / 1_500)]++;
        }

        for (int callers : tenths) {
            assertThat(callers).isGreaterThan(700);
        }
    }

    @Test
    void whatIsAllowedOrNeverIsNotSpread() {
        Decision allowed = limiter.tryAcquire(minute, "k");
        Decision never = limiter.tryAcquire(Ask.of(minute, "k", 101));

        assertThat(allowed.spread(1)).isSameAs(allowed);
        assertThat(never.spread(1)).isSameAs(never);
        assertThatThrownBy(() -> allowed.spread(0)).hasMessage("share must be above 0 and at most 1, was 0.0");
    }

    @Test
    void fixedWindowTellsItsLengthAndWhenItEnds() {
        Limit window = Limit.fixedWindow("window", 3, Duration.ofMinutes(1));
        RateLimiter at40 = new InMemoryRateLimiter(
                RateLimiter.inMemory(),
                new MicroClock(new ManualTicker(), Duration.ofSeconds(100).toNanos() / 1_000));

        assertThat(RateLimitHeaders.ietf(at40.tryAcquire(window, "k")))
                .containsExactly(
                        entry("RateLimit-Policy", "\"window\";q=3;w=60"), entry("RateLimit", "\"window\";r=2;t=20"));
        assertThat(RateLimitHeaders.legacy(at40.tryAcquire(Ask.of(window, "k", 3))))
                .containsExactly(
                        entry("X-RateLimit-Limit", "3"),
                        entry("X-RateLimit-Remaining", "2"),
                        entry("X-RateLimit-Reset", "20"),
                        entry("Retry-After", "20"));
    }

    @Test
    void secondsAreRoundedUp() {
        limiter.tryAcquire(Ask.of(minute, "k", 100));

        assertThat(RateLimitHeaders.ietf(limiter.tryAcquire(minute, "k")))
                .containsEntry("RateLimit", "\"minute\";r=0;t=1")
                .containsEntry("Retry-After", "1");
    }

    @Test
    void windowIsAtLeastASecondAndIntegersStayInBounds() {
        Limit vast = Limit.tokenBucket("vast", 4_000_000_000_000_000L, Duration.ofSeconds(4_000));

        assertThat(RateLimitHeaders.ietf(limiter.tryAcquire(vast, "k")))
                .containsEntry("RateLimit-Policy", "\"vast\";q=999999999999999;w=4000")
                .containsEntry("RateLimit", "\"vast\";r=999999999999999;t=1");
        assertThat(RateLimitHeaders.ietf(limiter.tryAcquire(Limit.tokenBucket("q", 9, Duration.ofMillis(1)), "k")))
                .containsEntry("RateLimit-Policy", "\"q\";q=9;w=1");
    }

    @Test
    void neverHasNoRetryAfter() {
        Decision never = limiter.tryAcquire(Ask.of(day, "k", 6));

        assertThat(RateLimitHeaders.ietf(never)).containsOnlyKeys("RateLimit-Policy");
        assertThat(RateLimitHeaders.legacy(never)).isEmpty();
    }

    @Test
    void closedDoorTellsWhenToTryAgainAndNoCounts() {
        Decision closed = Decision.closed(Ask.of(minute, "k"), minute);

        assertThat(RateLimitHeaders.ietf(closed)).containsOnlyKeys("RateLimit-Policy", "Retry-After");
        assertThat(RateLimitHeaders.legacy(closed)).containsExactly(entry("Retry-After", "1"));
        assertThat(RateLimitHeaders.legacy(Decision.open(Ask.of(minute, "k")))).isEmpty();
    }

    @Test
    void legacyTellsTheTightestLimit() {
        Ask ask = Ask.of(minute, "k").and(day, "k", 5);

        assertThat(RateLimitHeaders.legacy(limiter.tryAcquire(ask)))
                .containsExactly(
                        entry("X-RateLimit-Limit", "5"),
                        entry("X-RateLimit-Remaining", "0"),
                        entry("X-RateLimit-Reset", "43200"));
        assertThat(RateLimitHeaders.legacy(limiter.tryAcquire(ask)))
                .containsEntry("X-RateLimit-Limit", "5")
                .containsEntry("Retry-After", "43200");
    }
}
