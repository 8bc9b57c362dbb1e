package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisCluster;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits in a cluster: their keys lie in slots, and slots move. */
class RedisClusterTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration DAY = Duration.ofDays(1);
    private static RedisCluster cluster;
    private static Redis redis;

    private final Limit ten = Limit.tokenBucket("ten", 10, DAY);
    private final Limit two = Limit.fixedWindow("two", 2, Duration.ofDays(3650));
    private final RateLimiter limiter = RateLimiter.redis(redis)
            .onFailure(FailurePolicy.closed())
            .denialMaxAge(Duration.ZERO)
            .build();

    @BeforeAll
    static void start() {
        cluster = RedisCluster.builder().masters(3).start();
        redis = Redis.cluster(List.of(RedisURI.create(cluster.uri(0)), RedisURI.create(cluster.uri(1))))
                .budget(Duration.ofSeconds(10))
                .connectTimeout(SOON)
                .build();
        await().atMost(SOON).until(() -> redis.health().status() == dev.wellhead.core.Health.Status.UP);
    }

    @AfterAll
    static void stop() {
        redis.close();
        cluster.close();
    }

    private long left(Ask ask) {
        Decision decision = limiter.peek(ask);
        assertThat(decision.source()).isEqualTo(Source.REDIS);
        return decision.remaining();
    }

    @Test
    void askOverSeveralSlotsTakesAllOrNothing() {
        Ask ask = Ask.of(ten, "a1").and(ten, "b1", 3).and(two, "c1");

        Decision first = limiter.tryAcquire(ask);
        Decision second = limiter.tryAcquireAsync(ask).toCompletableFuture().join();
        Decision third = limiter.tryAcquire(ask);

        assertThat(first.source()).isEqualTo(Source.REDIS);
        assertThat(first.quotas()).extracting(Decision.Quota::remaining).containsExactly(9L, 7L, 1L);
        assertThat(second.allowed()).isTrue();
        assertThat(third.allowed()).isFalse();
        assertThat(third.source()).isEqualTo(Source.REDIS);
        assertThat(third.violated()).contains(two);
        assertThat(limiter.peek(ask).quotas())
                .extracting(Decision.Quota::remaining)
                .containsExactly(8L, 4L, 0L);
    }

    @Test
    void askOverSeveralSlotsIsGivenBackWhole() {
        Ask ask = Ask.of(ten, "a2", 10).and(ten, "b2", 10).and(two, "c2", 2);
        Decision decision = limiter.tryAcquire(ask);
        assertThat(limiter.tryAcquire(ask).allowed()).isFalse();

        assertThat(limiter.refund(decision)).isTrue();
        assertThat(limiter.refund(decision)).isFalse();

        assertThat(limiter.tryAcquire(ask).allowed()).isTrue();
    }

    @Test
    void askThatMustBeAtomicIsRefusedOverSeveralSlotsAndTold() {
        Ask apart = Ask.of(ten, "a3").and(ten, "b3").atomicOnly();

        assertThatThrownBy(() -> limiter.tryAcquire(apart))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Ask.tagged(tenant)")
                .hasMessageNotContaining("a3");

        long before = limiter.stats().redisTrips();
        Decision together = limiter.tryAcquire(apart.tagged("tenant"));
        assertThat(together.allowed()).isTrue();
        assertThat(limiter.stats().redisTrips()).isEqualTo(before + 1);
        assertThat(left(Ask.of(ten, "a3"))).isEqualTo(10);
        assertThat(left(Ask.of(ten, "a3").tagged("tenant"))).isEqualTo(9);
    }

    @Test
    void limitsOfOneKeyAreOneTrip() {
        Decision decision = limiter.tryAcquire(Ask.of(ten, "k4").and(two, "k4").atomicOnly());

        assertThat(decision.allowed()).isTrue();
        assertThat(limiter.stats().redisTrips()).isOne();
    }

    @Test
    void callsWhileASlotMovesNeverGetMoreThanTheLimit() throws InterruptedException {
        int slot = cluster.slot("rl:" + ten.id() + ":{moving}");
        Callers callers = Callers.start(limiter, ten, "moving");

        for (int move = 0; move < 6; move++) {
            int from = cluster.owner(slot);
            cluster.moveSlot(slot, from, (from + 1) % 3);
        }
        await().atMost(SOON).until(() -> callers.allowed() > 0);
        callers.stop();

        // One whose answer was lost on the way was charged and not told.
        assertThat(callers.allowed()).isLessThanOrEqualTo(10);
        assertThat(callers.slowest()).isLessThan(SOON);
        await().atMost(SOON).until(() -> limiter.tryAcquire(ten, "moving").source() == Source.REDIS);
        assertThat(left(Ask.of(ten, "moving"))).isLessThanOrEqualTo(10 - callers.allowed());
        assertThat(limiter.stats().stateLosses()).isZero();
    }

    @Test
    void limitGoesAlongWhenItsSlotMoves() {
        limiter.tryAcquire(Ask.of(ten, "moved", 7));
        int slot = cluster.slot("rl:" + ten.id() + ":{moved}");
        int from = cluster.owner(slot);
        int to = (from + 1) % 3;

        cluster.beginMove(slot, from, to);
        assertThat(left(Ask.of(ten, "moved"))).isEqualTo(3);
        cluster.moveKeys(slot, from, to);
        Decision between = limiter.tryAcquire(ten, "moved");
        cluster.endMove(slot, from, to);
        Decision after = limiter.tryAcquire(ten, "moved");

        assertThat(between.source()).isEqualTo(Source.REDIS);
        assertThat(between.remaining()).isEqualTo(2);
        assertThat(after.source()).isEqualTo(Source.REDIS);
        assertThat(after.remaining()).isEqualTo(1);
    }
}
