package dev.wellhead.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RedisClockTest {
    @Test
    void nothingMayRunLateWhileRedisTimeIsUnknown() {
        assertThat(new RedisClock(new ManualTicker()).notAfterMicros(Duration.ofSeconds(1)))
                .isEqualTo(Long.MIN_VALUE);
    }

    @Property
    void deadlineIsNeverLaterThanTheTruthAndEarlierByTheShortestWayBackAtMost(
            @ForAll @Size(min = 1, max = 16) List<@LongRange(min = 0, max = 100_000) Long> waysBackMicros,
            @ForAll @LongRange(min = 0, max = 4_000_000_000_000_000L) long redisStart) {
        ManualTicker ticker = new ManualTicker();
        RedisClock clock = new RedisClock(ticker);
        long redis = redisStart;

        for (long wayBack : waysBackMicros) {
            long answered = redis;
            ticker.advance(Duration.ofNanos(wayBack * 1000));
            redis += wayBack;
            clock.observe(answered);
        }

        long truth = redis + 50_000;
        long shortest = waysBackMicros.stream().mapToLong(Long::longValue).min().orElseThrow();
        assertThat(clock.notAfterMicros(Duration.ofMillis(50))).isBetween(truth - shortest, truth);
    }

    @Test
    void clockThatWasSetBackIsForgottenAfterAFewAnswers() {
        RedisClock clock = new RedisClock(new ManualTicker());
        clock.observe(2_000_000);

        for (int answer = 0; answer < 16; answer++) {
            clock.observe(1_000_000);
        }

        assertThat(clock.notAfterMicros(Duration.ZERO)).isEqualTo(1_000_000);
    }
}
