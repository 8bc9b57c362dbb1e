package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long NOW = 1_792_000_001_234_567L;
    private static final BigInteger EXACT = BigInteger.ONE.shiftLeft(53);

    @Property
    void anyNumbersAreEitherExactOrRefused(
            @ForAll @LongRange(min = 1) long permits,
            @ForAll @LongRange(min = 1, max = Long.MAX_VALUE / 1_000) long perMicros,
            @ForAll @LongRange(min = 1) long burst) {
        TokenBucket bucket;
        try {
            bucket = TokenBucket.of(permits, perMicros, burst);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageContaining("lower the burst");
            return;
        }

        State full = bucket.capacity();
        BigInteger units = BigInteger.valueOf(bucket.unitsPerMicro());
        BigInteger time = BigInteger.valueOf(full.micros()).multiply(units).add(BigInteger.valueOf(full.units()));
        // burst * per / permits, as fractions: time / units == burst * per / permits.
        assertThat(time.multiply(BigInteger.valueOf(permits)))
                .isEqualTo(BigInteger.valueOf(burst)
                        .multiply(BigInteger.valueOf(perMicros))
                        .multiply(units));
        assertThat(BigInteger.valueOf(NOW)
                        .add(BigInteger.valueOf(full.micros()))
                        .add(BigInteger.ONE))
                .isLessThan(EXACT);
        assertThat(units.shiftLeft(1)).isLessThanOrEqualTo(EXACT);
        assertThat(bucket.burst()).isEqualTo(burst);
    }

    @Property
    void retryAfterIsLeastAndSufficient(
            @ForAll @LongRange(min = 1, max = 10_000_000) long permits,
            @ForAll @LongRange(min = 1, max = 90_000_000_000L) long perMicros,
            @ForAll @LongRange(min = 1, max = 500) long burst,
            @ForAll @Size(min = 1, max = 20) List<@LongRange(min = 1, max = 500) Long> costs) {
        RetryAfterLaw.holds(TokenBucket.of(permits, perMicros, burst), NOW, costs);
    }

    @Property
    void longerWaitIsNeverToldForACheaperCall(
            @ForAll @LongRange(min = 0, max = 2_000_000) long debtMicros,
            @ForAll @LongRange(min = 2, max = 50) long cost) {
        TokenBucket bucket = TokenBucket.of(37, 1_000_000, 50);
        State state = new State(NOW + debtMicros, 0);

        assertThat(bucket.retryAfterMicros(state, NOW, cost - 1))
                .isLessThanOrEqualTo(bucket.retryAfterMicros(state, NOW, cost));
    }

    @Property
    void shareNeverGivesMoreThanItsShare(
            @ForAll @LongRange(min = 1, max = 3_000_000) long permits,
            @ForAll @LongRange(min = 1_000, max = 90_000_000_000L) long perMicros,
            @ForAll @LongRange(min = 1, max = 1_000) long burst,
            @ForAll @DoubleRange(min = 0.01, max = 1) double share,
            @ForAll @Size(min = 1, max = 60) List<@LongRange(min = 0, max = 300) Long> pausesInPercentOfAPermit) {
        TokenBucket whole = TokenBucket.of(permits, perMicros, burst);
        TokenBucket bucket = whole.share(share);
        State state = null;
        long now = NOW;
        long given = 0;

        for (long percent : pausesInPercentOfAPermit) {
            now += perMicros * percent / 100 / permits;
            Verdict verdict = bucket.decide(state, now, 1);
            given += verdict.allowed() ? 1 : 0;
            state = verdict.state(verdict.allowed());
        }

        // At least one may pass through a full bucket, however small the share.
        BigDecimal burstShare =
                BigDecimal.valueOf(burst).multiply(BigDecimal.valueOf(share)).max(BigDecimal.ONE);
        BigDecimal refilled = BigDecimal.valueOf(now - NOW)
                .multiply(BigDecimal.valueOf(permits))
                .multiply(BigDecimal.valueOf(share))
                .divide(BigDecimal.valueOf(perMicros), MathContext.DECIMAL64);
        assertThat(BigDecimal.valueOf(given)).isLessThanOrEqualTo(burstShare.add(refilled));
    }

    @Test
    void shareOfTheLargestBucketStaysInRange() {
        long century = TokenBucket.MAX_REFILL_MICROS;

        TokenBucket bucket = TokenBucket.of(1, century, 1).share(0.01);
        Verdict first = bucket.decide(null, NOW, 1);
        Verdict second = bucket.decide(first.after(), NOW, 1);

        assertThat(first.allowed()).isTrue();
        assertThat(second.allowed()).isFalse();
        assertThat(bucket.retryAfterMicros(first.after(), NOW, 1)).isEqualTo(100 * century);
    }

    @Test
    void dearCallPassesAFullShareAndIsPaidOffAfterwards() {
        TokenBucket half = TokenBucket.of(10, 1_000_000, 10).share(0.5);

        Verdict dear = half.decide(null, NOW, 10);

        assertThat(dear.allowed()).isTrue();
        assertThat(half.resetAfterMicros(dear.after(), NOW)).isEqualTo(2_000_000);
        assertThat(half.decide(dear.after(), NOW + 1_199_999, 1).allowed()).isFalse();
        assertThat(half.decide(dear.after(), NOW + 1_200_000, 1).allowed()).isTrue();
    }

    @Test
    void impossiblyFarStateIsReadAsEmptyAndMended() {
        TokenBucket bucket = TokenBucket.of(1, 1_000_000, 5);
        State beforeTheClockWentBack = new State(NOW + 3_600_000_000L, 0);

        Verdict verdict = bucket.decide(beforeTheClockWentBack, NOW, 1);

        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.mended()).isTrue();
        assertThat(verdict.before()).isEqualTo(new State(NOW + 5_000_000, 0));
    }

    @Test
    void deniedCallLeavesTheStateAsItIs() {
        TokenBucket bucket = TokenBucket.of(3, 1_000_000, 1);
        State taken = bucket.decide(null, NOW, 1).after();

        Verdict denied = bucket.decide(taken, NOW + 5, 1);

        assertThat(taken).isEqualTo(new State(NOW + 333_333, 1, 3));
        assertThat(denied.mended()).isFalse();
        assertThat(denied.state(false)).isEqualTo(taken);
    }

    @Test
    void bucketThatNeedsMoreThanACenturyIsRefusedWithTheReason() {
        assertThatThrownBy(() -> TokenBucket.of(1, TokenBucket.MAX_REFILL_MICROS, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes 6307200000 s to fill");
    }

    @Test
    void fractionTooFineIsRefusedWithTheReason() {
        assertThatThrownBy(() -> TokenBucket.of(Long.MAX_VALUE, 1_000_000, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a fraction too fine");
    }
}
