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
    private static final Duration BUDGET = Duration.ofMillis(50);
    private static final long FIVE_MINUTES = 300_000_000;

    @Test
    void nothingMayRunLateWhileRedisTimeIsUnknown() {
        assertThat(new RedisClock(new ManualTicker(), BUDGET.toNanos()).notAfterMicros(Duration.ofSeconds(1)))
                .isEqualTo(Long.MIN_VALUE);
    }

    @Property
    void deadlineIsNeverLaterThanTheTruthAndEarlierByTheShortestWayBackAtMost(
            @ForAll @Size(min = 1, max = 16) List<@LongRange(min = 0, max = 50_000) Long> waysBackMicros,
            @ForAll @LongRange(min = 0, max = 4_000_000_000_000_000L) long redisStart) {
        ManualTicker ticker = new ManualTicker();
        RedisClock clock = new RedisClock(ticker, BUDGET.toNanos());
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
    void clockThatWasSetBackIsFollowedAtTheFirstAnswer() {
        RedisClock clock = new RedisClock(new ManualTicker(), BUDGET.toNanos());
        clock.observe(FIVE_MINUTES + 2_000_000);

        clock.observe(2_000_000);

        assertThat(clock.notAfterMicros(Duration.ZERO)).isEqualTo(2_000_000);
    }

    @Test
    void clockThatWasSetForwardIsFollowedAtTheFirstAnswer() {
        RedisClock clock = new RedisClock(new ManualTicker(), BUDGET.toNanos());
        clock.observe(2_000_000);

        clock.observe(FIVE_MINUTES + 2_000_000);

        assertThat(clock.notAfterMicros(Duration.ZERO)).isEqualTo(FIVE_MINUTES + 2_000_000);
    }

    @Test
    void smallStepBackIsForgottenAfterAFewAnswers() {
        RedisClock clock = new RedisClock(new ManualTicker(), BUDGET.toNanos());
        clock.observe(2_000_000);

        for (int answer = 0; answer < 16; answer++) {
            clock.observe(2_000_000 - BUDGET.toNanos() / 1000);
        }

        assertThat(clock.notAfterMicros(Duration.ZERO)).isEqualTo(2_000_000 - BUDGET.toNanos() / 1000);
    }

    @Test
    void nothingMayRunLateOnAServerThatIsNotKnownYet() {
        RedisClock clock = new RedisClock(new ManualTicker(), BUDGET.toNanos());
        clock.observe(2_000_000);

        clock.forget();

        assertThat(clock.notAfterMicros(Duration.ofSeconds(1))).isEqualTo(Long.MIN_VALUE);
    }

    /** Whatever the clock does between answers, once an answer has come deadlines are late by a budget at most. */
    @Property
    void deadlineIsLateByABudgetAtMostAfterAnyStepOfTheClock(
            @ForAll @Size(min = 1, max = 40) List<@LongRange(min = -FIVE_MINUTES, max = FIVE_MINUTES) Long> steps,
            @ForAll @LongRange(min = 0, max = 50_000) long wayBack) {
        ManualTicker ticker = new ManualTicker();
        RedisClock clock = new RedisClock(ticker, BUDGET.toNanos());
        long redis = 10 * 60 * 1_000_000_000L;

        for (long step : steps) {
            redis += step;
            long answered = redis;
            ticker.advance(Duration.ofNanos(wayBack * 1000));
            redis += wayBack;
            clock.observe(answered);

            long truth = redis + 50_000;
            assertThat(clock.notAfterMicros(BUDGET)).isBetween(truth - wayBack, truth + BUDGET.toNanos() / 1000);
        }
    }
}
