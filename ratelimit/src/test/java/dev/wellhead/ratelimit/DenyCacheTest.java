package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ManualTicker;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Denials that cost no trip, on a real Redis. The node's clock stands still unless it is moved. */
class DenyCacheTest {
    private static Redis redis;

    private final Limit slow = Limit.tokenBucket("slow", 1, Duration.ofHours(1)).burst(10);
    private final Limit daily = Limit.fixedWindow("daily", 10, Duration.ofDays(1));
    private final ManualTicker ticker = new ManualTicker();
    private final String namespace = "deny" + UUID.randomUUID();
    private final RateLimiter limiter = node().ticker(ticker).build();
    private final RateLimiter other = node().build();

    private RateLimiter.RedisBuilder node() {
        return RateLimiter.redis(redis).namespace(namespace);
    }

    @BeforeAll
    static void connect() {
        redis = Redis.builder(RedisURI.create(RedisServer.shared().uri()))
                .budget(Duration.ofSeconds(10))
                .build();
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @AfterEach
    void close() {
        limiter.close();
        other.close();
    }

    private Decision take(Limit limit, long cost) {
        return limiter.tryAcquire(Ask.of(limit, "k", cost));
    }

    @Test
    void deniedKeyCostsNoTripUntilTheAgeIsReached() {
        take(slow, 10);
        assertThat(take(slow, 1).source()).isEqualTo(Source.DENY_CACHE);
        for (int call = 0; call < 1_000; call++) {
            Decision denied = take(slow, 1);
            assertThat(denied.allowed()).isFalse();
            assertThat(denied.violated()).hasValue(slow);
            assertThat(denied.retryAfter()).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
        }
        assertThat(limiter.stats().redisTrips()).isOne();
        assertThat(limiter.stats().decisions(Source.DENY_CACHE)).isEqualTo(1_001);
        assertThat(limiter.stats().denied()).isEqualTo(1_001);

        ticker.advance(Duration.ofSeconds(1));

        assertThat(take(slow, 1).source()).isEqualTo(Source.REDIS);
        assertThat(take(slow, 1).source()).isEqualTo(Source.DENY_CACHE);
        assertThat(limiter.stats().redisTrips()).isEqualTo(2);
    }

    @Test
    void cheaperCallsPassWhereADearOneIsDenied() {
        take(slow, 7);

        assertThat(take(slow, 4).source()).isEqualTo(Source.DENY_CACHE);
        Decision cheap = take(slow, 3);

        assertThat(cheap.source()).isEqualTo(Source.REDIS);
        assertThat(cheap.allowed()).isTrue();
    }

    @Test
    void whatOthersTookIsLearntFromTheFirstDenial() {
        take(slow, 1);
        other.tryAcquire(Ask.of(slow, "k", 9));

        assertThat(take(slow, 1).source()).isEqualTo(Source.REDIS);
        assertThat(take(slow, 1).source()).isEqualTo(Source.DENY_CACHE);
    }

    @Test
    void oneLimitInTheWayDeniesTheAskAndTakesNothingOfTheOthers() {
        take(daily, 10);
        Ask both = Ask.of(slow, "k", 4).and(daily, "k");

        Decision denied = limiter.tryAcquire(both);

        assertThat(denied.source()).isEqualTo(Source.DENY_CACHE);
        assertThat(denied.violated()).hasValue(daily);
        assertThat(denied.quotas()).extracting(Decision.Quota::limit).containsExactly(daily);
        assertThat(other.peek(Ask.of(slow, "k", 10)).allowed()).isTrue();
    }

    @Test
    void asyncDenialsCostNoTripEither() {
        take(slow, 10);

        Decision denied =
                limiter.tryAcquireAsync(Ask.of(slow, "k")).toCompletableFuture().join();

        assertThat(denied.source()).isEqualTo(Source.DENY_CACHE);
        assertThat(limiter.stats().redisTrips()).isOne();
    }

    @Test
    void whatThisNodeGaveBackIsThereAtOnceAndWhatOthersGaveBackOnceTheAgeIsReached() {
        Decision mine = take(slow, 5);
        Decision others = other.tryAcquire(Ask.of(slow, "k", 5));
        assertThat(take(slow, 1).allowed()).isFalse();
        assertThat(take(slow, 1).source()).isEqualTo(Source.DENY_CACHE);

        assertThat(other.refund(others)).isTrue();
        assertThat(take(slow, 1).source()).isEqualTo(Source.DENY_CACHE);
        ticker.advance(Duration.ofSeconds(1));
        assertThat(take(slow, 5).allowed()).isTrue();

        assertThat(take(slow, 1).allowed()).isFalse();
        assertThat(limiter.refund(mine)).isTrue();
        assertThat(take(slow, 5).allowed()).isTrue();
    }

    @Test
    void peekAlwaysAsksRedis() {
        take(slow, 10);

        assertThat(limiter.peek(Ask.of(slow, "k")).source()).isEqualTo(Source.REDIS);
    }

    @Test
    void whatRedisForgotIsAllowedOnceTheAgeIsReached() {
        take(slow, 10);
        assertThat(take(slow, 1).allowed()).isFalse();
        redis.call(commands -> commands.keys(namespace + ":*"))
                .forEach(forgotten -> redis.call(commands -> commands.del(forgotten)));

        assertThat(take(slow, 1).allowed()).isFalse();
        ticker.advance(Duration.ofSeconds(1));

        assertThat(take(slow, 1).allowed()).isTrue();
        assertThat(limiter.stats().stateLosses()).isOne();
    }

    @Test
    void zeroAgeAsksRedisEachTime() {
        try (RateLimiter asking = node().denialMaxAge(Duration.ZERO).build()) {
            asking.tryAcquire(Ask.of(slow, "k", 10));
            asking.tryAcquire(Ask.of(slow, "k"));

            assertThat(asking.tryAcquire(Ask.of(slow, "k")).source()).isEqualTo(Source.REDIS);
        }
    }

    @Test
    void ageIsBounded() {
        assertThatThrownBy(() -> node().denialMaxAge(Duration.ofMinutes(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most PT1M, was PT2M");
        assertThatThrownBy(() -> node().denialMaxAge(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("denialMaxAge");
    }
}
