package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every limiter does. Limits that must not refill during a test take a day to do so. */
abstract class RateLimiterContract {
    static final Duration DAY = Duration.ofDays(1);

    final Limit slow = Limit.tokenBucket("slow", 5, DAY);
    final Limit other = Limit.tokenBucket("other", 2, DAY);
    final String key = UUID.randomUUID().toString();

    abstract RateLimiter limiter();

    abstract Decision.Source source();

    /** Lets time pass on the limiter's clock. */
    abstract void pass(Duration time);

    @Test
    void burstIsGivenAtOnceAndNoPermitMore() {
        for (int left = 4; left >= 0; left--) {
            Decision decision = limiter().tryAcquire(slow, key);
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.remaining()).isEqualTo(left);
        }

        Decision denied = limiter().tryAcquire(slow, key);

        assertThat(denied.allowed()).isFalse();
        assertThat(denied.source()).isEqualTo(source());
        assertThat(denied.violated()).contains(slow);
        assertThat(denied.retryAfter()).isBetween(DAY.dividedBy(5).minusSeconds(100), DAY.dividedBy(5));
        assertThat(denied.resetAfter()).isBetween(DAY.minusSeconds(100), DAY);
    }

    @Test
    void fixedWindowGivesItsPermitsUntilItEnds() {
        Limit window = Limit.fixedWindow("window", 2, Duration.ofMillis(300));
        // The end of a window may fall between two calls: then the next one has begun.
        Decision denied = limiter().tryAcquire(Ask.of(window, key, 2));
        for (int call = 0; call < 3 && denied.allowed(); call++) {
            denied = limiter().tryAcquire(Ask.of(window, key, 2));
        }
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.violated()).contains(window);
        assertThat(denied.remaining()).isZero();
        assertThat(denied.retryAfter()).isEqualTo(denied.resetAfter()).isLessThanOrEqualTo(window.per());

        pass(denied.retryAfter());

        assertThat(limiter().tryAcquire(Ask.of(window, key, 2)).allowed()).isTrue();
        assertThat(limiter().tryAcquire(Ask.of(window, key, 3)).never()).isTrue();
    }

    @Test
    void slidingWindowsGiveTheirPermitsAndNoMore() {
        for (Limit limit : List.of(Limit.slidingCounter("counter", 3, DAY), Limit.slidingLog("log", 3, DAY))) {
            assertThat(limiter().tryAcquire(Ask.of(limit, key, 2)).remaining()).isEqualTo(1);
            Decision denied = limiter().tryAcquire(Ask.of(limit, key, 2));
            assertThat(denied.allowed()).isFalse();
            assertThat(denied.retryAfter()).isPositive();
            assertThat(limiter().tryAcquire(limit, key).remaining()).isZero();
            assertThat(limiter().tryAcquire(Ask.of(limit, key, 4)).never()).isTrue();
        }
    }

    @Test
    void callsOfAQueueAreToldTheirTurns() {
        Limit queue = Limit.leaky("queue", 24, DAY, 2);

        assertThat(limiter().peek(Ask.of(queue, key)).delay()).isZero();
        assertThat(limiter().tryAcquire(queue, key).delay()).isZero();
        Decision second = limiter().tryAcquire(queue, key);
        Decision third = limiter().tryAcquire(queue, key);
        Decision fourth = limiter().tryAcquire(queue, key);

        Duration hour = Duration.ofHours(1);
        assertThat(second.allowed()).isTrue();
        assertThat(second.delay()).isBetween(hour.minusSeconds(100), hour);
        assertThat(third.delay()).isBetween(hour.multipliedBy(2).minusSeconds(100), hour.multipliedBy(2));
        assertThat(fourth.allowed()).isFalse();
        assertThat(fourth.delay()).isZero();
        assertThat(fourth.violated()).contains(queue);
    }

    @Test
    void turnThatIsTooFarAwayIsNotTaken() throws InterruptedException {
        Limit queue = Limit.leaky("queue", 24, DAY, 5);
        limiter().tryAcquire(queue, key);

        Decision denied = limiter().acquire(queue, key, Duration.ofSeconds(10));

        assertThat(denied.allowed()).isFalse();
        assertThat(limiter().peek(Ask.of(queue, key)).remaining()).isEqualTo(5);
    }

    @Test
    void askOfBucketAndWindowIsAllOrNothing() {
        Limit window = Limit.fixedWindow("daily", 2, DAY);
        limiter().tryAcquire(Ask.of(window, key, 2));

        Decision denied =
                limiter().tryAcquire(Ask.of(slow, key, 3).and(window, key).and(other, key));

        assertThat(denied.allowed()).isFalse();
        assertThat(denied.violated()).contains(window);
        assertThat(limiter().peek(Ask.of(slow, key)).remaining()).isEqualTo(5);
        assertThat(limiter().peek(Ask.of(other, key)).remaining()).isEqualTo(2);
    }

    @Test
    void callThatWasNotMadeIsGivenBackOnce() {
        Limit window = Limit.fixedWindow("daily", 2, DAY);
        Ask ask = Ask.of(slow, key, 5).and(window, key, 2);
        Decision decision = limiter().tryAcquire(ask);
        assertThat(limiter().tryAcquire(ask).allowed()).isFalse();

        assertThat(limiter().refund(decision)).isTrue();
        assertThat(limiter().refund(decision)).isFalse();

        assertThat(limiter().peek(Ask.of(slow, key)).remaining()).isEqualTo(5);
        Decision again = limiter().tryAcquire(ask);
        assertThat(again.allowed()).isTrue();
        assertThat(limiter().refundAsync(again).toCompletableFuture().join()).isTrue();
        assertThat(limiter().refundAsync(again).toCompletableFuture().join()).isFalse();
        assertThat(limiter().tryAcquireAsync(ask).toCompletableFuture().join().allowed())
                .isTrue();
    }

    @Test
    void whatTookNothingGivesNothingBack() {
        Decision never = limiter().tryAcquire(Ask.of(slow, key, 6));
        Decision peeked = limiter().peek(Ask.of(slow, key));
        limiter().tryAcquire(Ask.of(slow, key, 5));
        Decision denied = limiter().tryAcquire(slow, key);

        assertThat(limiter().refund(never)).isFalse();
        assertThat(limiter().refund(peeked)).isFalse();
        assertThat(limiter().refund(denied)).isFalse();
        assertThat(limiter().peek(Ask.of(slow, key)).remaining()).isZero();
    }

    @Test
    void decisionOfAnotherLimiterIsNotTakenBack() {
        try (RateLimiter stranger = RateLimiter.inMemory().build()) {
            Decision decision = stranger.tryAcquire(slow, key);

            assertThatThrownBy(() -> limiter().refund(decision))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("another limiter");
        }
    }

    @Test
    void waitOfRetryAfterIsEnough() {
        Limit quick = Limit.tokenBucket("quick", 7, Duration.ofMillis(500)).burst(2);
        limiter().tryAcquire(Ask.of(quick, key, 2));
        Decision denied = limiter().tryAcquire(Ask.of(quick, key, 2));
        assertThat(denied.allowed()).isFalse();

        pass(denied.retryAfter());

        assertThat(limiter().tryAcquire(Ask.of(quick, key, 2)).allowed()).isTrue();
    }

    @Test
    void deniedAskTakesNothingFromAnyLimit() {
        limiter().tryAcquire(Ask.of(other, key, 2));

        Decision denied =
                limiter().tryAcquire(Ask.of(slow, key, 3).and(other, key).and(slow, key + "2", 5));

        assertThat(denied.allowed()).isFalse();
        assertThat(denied.violated()).contains(other);
        assertThat(denied.quotas()).extracting(Decision.Quota::violated).containsExactly(false, true, false);
        assertThat(limiter().peek(Ask.of(slow, key, 5)).allowed()).isTrue();
        assertThat(limiter().peek(Ask.of(slow, key + "2", 5)).allowed()).isTrue();
    }

    @Test
    void allowedAskTakesFromEveryLimit() {
        Decision allowed = limiter().tryAcquire(Ask.of(slow, key, 3).and(other, key, 2));

        assertThat(allowed.allowed()).isTrue();
        assertThat(allowed.violated()).isEmpty();
        assertThat(allowed.remaining()).isZero();
        assertThat(allowed.quotas()).extracting(Decision.Quota::remaining).containsExactly(2L, 0L);
    }

    @Test
    void longestWaitOfAllLimitsInTheWayIsTold() {
        limiter().tryAcquire(Ask.of(slow, key, 5).and(other, key, 2));

        Decision denied = limiter().tryAcquire(Ask.of(slow, key).and(other, key));

        assertThat(denied.violated()).contains(other);
        assertThat(denied.retryAfter()).isEqualTo(denied.quotas().get(1).retryAfter());
        assertThat(denied.quotas().get(0).retryAfter()).isLessThan(denied.retryAfter());
    }

    @Test
    void costAboveTheBurstIsNeverAllowedAndChangesNothing() {
        Decision never = limiter().tryAcquire(Ask.of(other, key).and(slow, key, 6));

        assertThat(never.never()).isTrue();
        assertThat(never.allowed()).isFalse();
        assertThat(never.source()).isEqualTo(Decision.Source.NEVER);
        assertThat(never.violated()).contains(slow);
        assertThat(never.retryAfter()).isZero();
        assertThat(limiter().peek(Ask.of(other, key, 2)).allowed()).isTrue();
        assertThat(limiter().peek(Ask.of(slow, key, 6)).never()).isTrue();
        assertThat(limiter().stats().never()).isOne();
    }

    @Test
    void peekTakesNothing() {
        Decision first = limiter().peek(Ask.of(slow, key, 5));
        Decision second = limiter().peek(Ask.of(slow, key, 5));

        assertThat(first.allowed()).isTrue();
        assertThat(first.remaining()).isEqualTo(5);
        assertThat(second.remaining()).isEqualTo(5);
        assertThat(limiter().stats().allowed()).isZero();
    }

    @Test
    void asyncAnswersTheSame() {
        for (int call = 0; call < 5; call++) {
            assertThat(async(Ask.of(slow, key)).allowed()).isTrue();
        }

        assertThat(async(Ask.of(slow, key)).allowed()).isFalse();
        assertThat(async(Ask.of(slow, key, 6)).never()).isTrue();
    }

    @Test
    void exhaustedKeyStaysExhaustedWhenTheNumbersChange() {
        Duration day = Duration.ofDays(1);
        List<Limit> limits = List.of(
                Limit.tokenBucket("bucket", 7, day),
                Limit.fixedWindow("window", 7, day),
                Limit.slidingCounter("counter", 7, day),
                Limit.slidingLog("log", 7, day),
                Limit.leaky("queue", 7, day, 6));
        for (Limit limit : limits) {
            Limit more = OtherNumbers.times(3, limit);
            boolean shares = limit.algorithm() instanceof TokenBucket || limit.isQueue();

            assertThat(limiter().tryAcquire(Ask.of(more, key, 14)).allowed()).isTrue();
            Decision left = limiter().peek(Ask.of(limit, key));
            limiter().tryAcquire(Ask.of(more, key, 7));

            // A bucket knows the part of it that was spent, a count what was given.
            assertThat(left.remaining()).as("%s", limit).isEqualTo(shares ? 2 : 0);
            assertThat(limiter().tryAcquire(limit, key).allowed()).isFalse();
            assertThat(limiter().tryAcquire(more, key).allowed()).isFalse();
        }
    }

    @Test
    void callIsGivenBackByTheNumbersThatItWasTakenBy() {
        Limit limit = Limit.tokenBucket("bucket", 7, Duration.ofDays(1));
        Limit more = OtherNumbers.times(3, limit);
        Decision six = limiter().tryAcquire(Ask.of(limit, key, 6));
        limiter().tryAcquire(Ask.of(more, key, 3));

        assertThat(limiter().refund(six)).isTrue();

        assertThat(limiter().peek(Ask.of(more, key)).remaining()).isBetween(17L, 18L);
        assertThat(limiter().peek(Ask.of(limit, key)).remaining()).isBetween(5L, 6L);
    }

    @Test
    void bucketThatFillsInAnotherTimeBeginsAnew() {
        limiter().tryAcquire(Ask.of(slow, key, 5));

        Limit changed = slow.burst(6);

        assertThat(limiter().tryAcquire(Ask.of(changed, key, 6)).allowed()).isTrue();
        assertThat(limiter()
                        .tryAcquire(slow.onFailure(FailurePolicy.open()), key)
                        .allowed())
                .isFalse();
    }

    @Test
    void everyTextIsAKeyOfItsOwn() {
        List<String> keys = List.of(
                "",
                " ",
                "#",
                "{",
                "}",
                "{}",
                "a}b",
                "a\nb",
                "\u0000",
                "\ud800",
                "\udc00",
                "ä",
                "x".repeat(64),
                "x".repeat(65),
                "x".repeat(100_000),
                "y".repeat(100_000));

        for (String hostile : keys) {
            assertThat(limiter().tryAcquire(Ask.of(slow, hostile + key, 5)).allowed())
                    .isTrue();
            assertThat(limiter().tryAcquire(slow, hostile + key).allowed()).isFalse();
        }
    }

    @Test
    void sixtyFourThreadsNeverGetMoreThanTheLaw() throws Exception {
        Limit hot = Limit.tokenBucket("hot", 100, DAY);
        Limit wide = Limit.tokenBucket("wide", 1_000, DAY);
        AtomicInteger allowed = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);

        ExecutorService threads = Executors.newFixedThreadPool(64);
        try {
            for (int thread = 0; thread < 64; thread++) {
                boolean turned = thread % 2 == 0;
                threads.submit(() -> {
                    go.await();
                    for (int call = 0; call < 10; call++) {
                        Ask ask = turned
                                ? Ask.of(hot, key).and(wide, key)
                                : Ask.of(wide, key).and(hot, key);
                        allowed.addAndGet(limiter().tryAcquire(ask).allowed() ? 1 : 0);
                    }
                    return null;
                });
            }
            go.countDown();
        } finally {
            threads.shutdown();
        }

        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(allowed).hasValue(100);
        assertThat(limiter().peek(Ask.of(wide, key)).remaining()).isEqualTo(900);
    }

    @Test
    void statsCountDecisionsByOutcomeAndSource() {
        limiter().tryAcquire(Ask.of(slow, key, 5));
        limiter().tryAcquire(slow, key);
        limiter().tryAcquire(Ask.of(slow, key, 9));

        RateLimiterStats stats = limiter().stats();

        assertThat(stats.allowed()).isOne();
        assertThat(stats.denied()).isOne();
        assertThat(stats.never()).isOne();
        assertThat(stats.decisions(source())).isEqualTo(2);
        assertThat(stats.decisions(Decision.Source.NEVER)).isOne();
        assertThat(stats.fallbacks()).isZero();
    }

    @Test
    void costBelowOneIsRefused() {
        assertThatThrownBy(() -> limiter().tryAcquire(Ask.of(slow, key, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cost must be >= 1, was 0");
    }

    @Test
    void closedLimiterStillAnswers() {
        limiter().close();
        limiter().close();

        assertThat(limiter().tryAcquire(slow, key).allowed()).isTrue();
    }

    private Decision async(Ask ask) {
        return limiter().tryAcquireAsync(ask).toCompletableFuture().join();
    }
}
