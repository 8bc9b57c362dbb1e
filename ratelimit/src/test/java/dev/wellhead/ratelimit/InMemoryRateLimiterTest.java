package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.core.Health;
import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryRateLimiterTest extends RateLimiterContract {
    private final ManualTicker ticker = new ManualTicker();
    private final RecordingMetrics metrics = new RecordingMetrics();
    private final RateLimiter limiter =
            RateLimiter.inMemory().ticker(ticker).metrics(metrics).build();

    @Override
    RateLimiter limiter() {
        return limiter;
    }

    @Override
    Decision.Source source() {
        return Decision.Source.IN_MEMORY;
    }

    @Override
    void pass(Duration time) {
        ticker.advance(time);
    }

    @Test
    void waitOneMicrosecondShorterThanRetryAfterIsNotEnough() {
        Limit quick = Limit.tokenBucket("quick", 7, Duration.ofMillis(500)).burst(2);
        limiter.tryAcquire(Ask.of(quick, key, 2));
        Decision denied = limiter.tryAcquire(quick, key);

        ticker.advance(denied.retryAfter().minusNanos(1_000));

        assertThat(limiter.tryAcquire(quick, key).allowed()).isFalse();
    }

    @Test
    void clockThatGoesBackShutsNoKeyForLongerThanABucketFills() {
        Limit quick = Limit.tokenBucket("quick", 1, Duration.ofSeconds(1));
        ticker.advance(Duration.ofHours(1));
        limiter.tryAcquire(quick, key);

        ticker.advance(Duration.ofHours(-1));
        Decision denied = limiter.tryAcquire(quick, key);
        ticker.advance(Duration.ofSeconds(1));

        assertThat(denied.allowed()).isFalse();
        assertThat(denied.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(limiter.tryAcquire(quick, key).allowed()).isTrue();
    }

    @Test
    void metricsNameLimitOutcomeAndSourceAndNoKey() {
        limiter.tryAcquire(Ask.of(other, key, 2));
        limiter.tryAcquire(other, key);

        assertThat(metrics.count("wellhead.ratelimit.decisions", "limit=other", "outcome=allowed", "source=in_memory"))
                .isOne();
        assertThat(metrics.count("wellhead.ratelimit.decisions", "limit=other", "outcome=denied", "source=in_memory"))
                .isOne();
        assertThat(metrics.gauge("wellhead.ratelimit.keys")).isEqualTo(1);
        assertThat(metrics.toString() + limiter.stats() + Ask.of(other, key)).doesNotContain(key);
    }

    @Test
    void closeTakesTheGaugeAway() {
        limiter.close();

        assertThat(metrics.gauges()).isEmpty();
    }

    @Test
    void healthIsUp() {
        assertThat(limiter.health().status()).isEqualTo(Health.Status.UP);
    }

    @Test
    void refusedOptionsNameTheValue() {
        assertThatThrownBy(() -> RateLimiter.inMemory().maxKeys(0)).hasMessage("maxKeys must be >= 1, was 0");
        assertThatThrownBy(() -> RateLimiter.inMemory().namespace("a:b")).hasMessageContaining("was 'a:b'");
    }
}
