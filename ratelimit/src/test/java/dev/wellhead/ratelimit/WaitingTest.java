package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Asks that wait, against a real Redis and in memory, in real time. */
@Timeout(30)
class WaitingTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Redis REDIS = Redis.builder(
                    RedisURI.create(RedisServer.shared().uri()))
            .budget(Duration.ofSeconds(5))
            .build();
    private static final RateLimiter IN_REDIS =
            RateLimiter.redis(REDIS).namespace("waiting").build();
    private static final RateLimiter IN_MEMORY = RateLimiter.inMemory().build();

    private final Limit quick =
            Limit.tokenBucket("quick", 20, Duration.ofSeconds(1)).burst(1);
    private final Limit slow = Limit.tokenBucket("slow", 1, Duration.ofDays(1));
    private final String key = UUID.randomUUID().toString();

    static List<RateLimiter> limiters() {
        return List.of(IN_REDIS, IN_MEMORY);
    }

    @AfterAll
    static void disconnect() {
        IN_REDIS.close();
        IN_MEMORY.close();
        REDIS.close();
    }

    @ParameterizedTest
    @MethodSource("limiters")
    void permitsArriveAtTheRateOfTheLimit(RateLimiter limiter) throws Exception {
        long started = System.nanoTime();

        for (int call = 0; call < 5; call++) {
            assertThat(limiter.acquire(quick, key, MINUTE).allowed()).isTrue();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofMillis(199));
    }

    @ParameterizedTest
    @MethodSource("limiters")
    void callsOfAQueueWaitForTheirTurns(RateLimiter limiter) throws Exception {
        Limit queue = Limit.leaky("queue", 20, Duration.ofSeconds(1), 10);
        long started = System.nanoTime();

        for (int call = 0; call < 3; call++) {
            assertThat(limiter.tryAcquire(queue, key).allowed()).isTrue();
        }
        assertThat(limiter.acquire(queue, key, MINUTE).allowed()).isTrue();

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofMillis(149));
        assertThat(limiter.acquireAsync(Ask.of(queue, key), MINUTE)
                        .toCompletableFuture()
                        .get()
                        .allowed())
                .isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofMillis(199));
    }

    @ParameterizedTest
    @MethodSource("limiters")
    void asyncWaitsAsLong(RateLimiter limiter) {
        limiter.tryAcquire(quick, key);
        long started = System.nanoTime();

        Decision decision = limiter.acquireAsync(Ask.of(quick, key), MINUTE)
                .toCompletableFuture()
                .join();

        assertThat(decision.allowed()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(Duration.ofMillis(1), MINUTE);
    }

    @ParameterizedTest
    @MethodSource("limiters")
    void waitThatCannotEndInTimeIsNotBegun(RateLimiter limiter) throws Exception {
        limiter.tryAcquire(slow, key);
        long started = System.nanoTime();

        Decision blocked = limiter.acquire(slow, key, MINUTE);
        Decision later = limiter.acquireAsync(Ask.of(slow, key), MINUTE)
                .toCompletableFuture()
                .join();

        assertThat(List.of(blocked, later)).extracting(Decision::allowed).containsOnly(false);
        assertThat(blocked.retryAfter()).isGreaterThan(MINUTE);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @MethodSource("limiters")
    void zeroWaitAsksOnce(RateLimiter limiter) throws Exception {
        assertThat(limiter.acquire(slow, key, Duration.ZERO).allowed()).isTrue();
        assertThat(limiter.acquire(slow, key, Duration.ZERO).allowed()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("limiters")
    void whatIsNeverAllowedIsNotWaitedFor(RateLimiter limiter) throws Exception {
        Decision never = limiter.acquire(Ask.of(slow, key, 2), Duration.ofDays(1_000_000));

        assertThat(never.never()).isTrue();
        assertThat(limiter.acquireAsync(Ask.of(slow, key, 2), MINUTE)
                        .toCompletableFuture()
                        .join()
                        .never())
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("limiters")
    void interruptEndsTheWaitAndTakesNothing(RateLimiter limiter) {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> limiter.acquire(slow, key, MINUTE))
                .isInstanceOf(InterruptedException.class)
                .hasMessageContaining("none are held");
        assertThat(limiter.peek(Ask.of(slow, key)).allowed()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("limiters")
    void sleeperIsInterrupted(RateLimiter limiter) throws Exception {
        limiter.tryAcquire(slow, key);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<?> waiter = thread.submit(() -> limiter.acquire(slow, key, Duration.ofDays(100)));
        assertThat(waiter).isNotDone();

        thread.shutdownNow();

        assertThat(thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(waiter::get).hasCauseInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @MethodSource("limiters")
    void waitersOfOneKeyAllGetTheirPermitAndNoFasterThanTheLaw(RateLimiter limiter) throws Exception {
        long started = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Decision>> waiters = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                waiters.add(threads.submit(() -> limiter.acquire(quick, key, MINUTE)));
            }
            for (Future<Decision> waiter : waiters) {
                assertThat(waiter.get().allowed()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofMillis(349));
    }

    @Test
    void negativeWaitIsRefused() {
        assertThatThrownBy(() -> IN_MEMORY.acquire(slow, key, Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxWait must be >= 0, was PT-0.001S");
        assertThatThrownBy(() -> IN_MEMORY.acquireAsync(Ask.of(slow, key), Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
