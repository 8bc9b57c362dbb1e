package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void burstIsThePermitsUnlessSaidOtherwise() {
        Limit limit = Limit.tokenBucket("a", 10, SECOND);

        assertThat(limit.burst()).isEqualTo(10);
        assertThat(limit.burst(3).burst()).isEqualTo(3);
        assertThat(limit.burst()).isEqualTo(10);
        assertThat(limit.failurePolicy()).isEmpty();
        assertThat(limit.onFailure(FailurePolicy.open()).failurePolicy()).contains(FailurePolicy.open());
    }

    @Test
    void equalLimitsAreEqualAndPrintTheirNumbers() {
        Limit limit = Limit.tokenBucket("a", 10, SECOND).onFailure(FailurePolicy.local(0.5));

        assertThat(limit)
                .isEqualTo(Limit.tokenBucket("a", 10, SECOND).onFailure(FailurePolicy.local(0.5)))
                .hasSameHashCodeAs(Limit.tokenBucket("a", 10, SECOND).onFailure(FailurePolicy.local(0.5)))
                .isNotEqualTo(limit.burst(9))
                .hasToString("Limit[a: 10 per PT1S, token bucket, burst 10, on failure Local[share=0.5]]");
    }

    @Test
    void refusedNumbersAreNamed() {
        assertThatThrownBy(() -> Limit.tokenBucket("a b", 1, SECOND)).hasMessageContaining("was 'a b'");
        assertThatThrownBy(() -> Limit.tokenBucket("a", 0, SECOND)).hasMessage("permits must be >= 1, was 0");
        assertThatThrownBy(() -> Limit.tokenBucket("a", 1, Duration.ZERO)).hasMessage("per must be > 0, was PT0S");
        assertThatThrownBy(() -> Limit.tokenBucket("a", 1, Duration.ofNanos(1_500)))
                .hasMessage("per must be whole microseconds, was PT0.0000015S");
        assertThatThrownBy(() -> Limit.tokenBucket("a", 1, SECOND).burst(0)).hasMessage("burst must be >= 1, was 0");
        assertThatThrownBy(() -> Limit.tokenBucket("a", 1, Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("292 years");
    }

    @Test
    void limitThatCannotBeExactIsRefusedWhenItIsBuilt() {
        assertThatThrownBy(() -> Limit.tokenBucket("a", Long.MAX_VALUE, SECOND))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("limit 'a' of 9223372036854775807 per PT1S with burst 9223372036854775807: ");
        assertThatThrownBy(() -> Limit.tokenBucket("a", 1, SECOND).burst(Long.MAX_VALUE))
                .hasMessageContaining("do not stay exact below 2^53");
        assertThatThrownBy(() -> Limit.tokenBucket("a", 1, Duration.ofDays(40_000)))
                .hasMessageContaining("beyond 100 years");
    }

    @Test
    void fixedWindowHasNoBurstOfItsOwnAndIsNoBucket() {
        Limit window = Limit.fixedWindow("a", 10, SECOND);

        assertThat(window.burst()).isEqualTo(10);
        assertThat(window)
                .isEqualTo(Limit.fixedWindow("a", 10, SECOND))
                .isNotEqualTo(Limit.fixedWindow("a", 10, Duration.ofSeconds(2)))
                .isNotEqualTo(Limit.tokenBucket("a", 10, SECOND))
                .hasToString("Limit[a: 10 per PT1S, fixed window]");
        assertThatThrownBy(() -> window.burst(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is a fixed window, which has no burst of its own");
        assertThat(window.onFailure(FailurePolicy.closed()).failurePolicy()).contains(FailurePolicy.closed());
    }

    @Test
    void fixedWindowThatCannotBeExactIsRefusedWhenItIsBuilt() {
        assertThatThrownBy(() -> Limit.fixedWindow("a b", 1, SECOND)).hasMessageContaining("was 'a b'");
        assertThatThrownBy(() -> Limit.fixedWindow("a", 0, SECOND)).hasMessage("permits must be >= 1, was 0");
        assertThatThrownBy(() -> Limit.fixedWindow("a", 1, Duration.ofNanos(1_500)))
                .hasMessage("per must be whole microseconds, was PT0.0000015S");
        assertThat(Limit.fixedWindow("a", 1L << 52, SECOND).burst()).isEqualTo(1L << 52);
        assertThatThrownBy(() -> Limit.fixedWindow("a", (1L << 52) + 1, SECOND))
                .hasMessage("limit 'a' of 4503599627370497 per PT1S: "
                        + "counts do not stay exact beyond 4503599627370496 permits");
        assertThatThrownBy(() -> Limit.fixedWindow("a", 1, Duration.ofDays(40_000)))
                .hasMessageContaining("beyond 100 years");
    }

    @Test
    void otherAlgorithmsSayWhatTheyCannotBe() {
        assertThat(Limit.leaky("a", 5, SECOND, 3))
                .isNotEqualTo(Limit.leaky("a", 5, SECOND, 4))
                .isNotEqualTo(Limit.tokenBucket("a", 5, SECOND).burst(4))
                .hasToString("Limit[a: 5 per PT1S, leaky queue of 3]");
        assertThat(Limit.leaky("a", 5, SECOND, 3).burst()).isEqualTo(4);
        assertThat(Limit.slidingCounter("a", 5, SECOND)).hasToString("Limit[a: 5 per PT1S, sliding counter]");
        assertThat(Limit.slidingLog("a", 5, SECOND)).hasToString("Limit[a: 5 per PT1S, sliding log]");
        assertThatThrownBy(() -> Limit.leaky("a", 5, SECOND, -1)).hasMessage("queue must be >= 0, was -1");
        assertThatThrownBy(() -> Limit.slidingLog("a", 1_001, SECOND))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("limit 'a' of 1001 per PT1S: a log remembers each call");
        assertThatThrownBy(() -> Limit.slidingCounter("a", 30_000, Duration.ofDays(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2^51");
    }

    @Test
    void shareOutsideItsBoundsIsRefused() {
        assertThatThrownBy(() -> FailurePolicy.local(0)).hasMessage("share must be from 0.01 to 1, was 0.0");
        assertThatThrownBy(() -> FailurePolicy.local(1.1)).hasMessage("share must be from 0.01 to 1, was 1.1");
        assertThatThrownBy(() -> FailurePolicy.local(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void askRefusesTheSameBucketTwiceAndCostsBelowOne() {
        Limit limit = Limit.tokenBucket("a", 10, SECOND);

        assertThatThrownBy(() -> Ask.of(limit, "k").and(limit.onFailure(FailurePolicy.open()), "k"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit 'a' is asked twice for the same key; ask once, for the sum of the costs");
        assertThatThrownBy(() -> Ask.of(limit, "k", Long.MIN_VALUE)).hasMessageContaining("cost must be >= 1");
        assertThatThrownBy(() -> Ask.of(limit, "k").and(limit, "l", -1)).hasMessageContaining("was -1");
    }

    @Test
    void askShowsNoKey() {
        assertThat(Ask.of(Limit.tokenBucket("a", 10, SECOND), "canary", 2)).hasToString("Ask[a x 2]");
    }

    @Test
    void askTellsTheKeyOfEachOfItsLimits() {
        Limit ip = Limit.tokenBucket("ip", 10, SECOND);
        Limit user = Limit.tokenBucket("user", 10, SECOND);
        String odd = "a key as long as its caller likes, " + "\u0000{}#".repeat(100);
        Ask ask = Ask.of(ip, odd).and(user, "ann", 2);

        assertThat(ask.key(ip)).hasValue(odd);
        assertThat(ask.tagged("t").key(user)).hasValue("ann");
        assertThat(ask.key(Limit.tokenBucket("other", 10, SECOND))).isEmpty();
        assertThat(ask.and(ip, "second").key(ip)).hasValue(odd);
    }
}
