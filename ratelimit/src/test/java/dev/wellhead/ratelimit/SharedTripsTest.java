package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Invariants of calls to different limits that share trips: each is decided as if it had come alone, whatever becomes of the
 * others; whoever gave up is not charged.
 */
class SharedTripsTest {
    private static final int UNDER_WAY_AT_MOST = SharedTrips.MOST_TRIPS;

    private final Limit limit = Limit.tokenBucket("api", 10, Duration.ofDays(1)).onFailure(FailurePolicy.closed());
    private final String namespace = "trips" + UUID.randomUUID();
    private final FaultProxy proxy = FaultProxy.to(RedisServer.shared().port());
    // An eighth of it is longer than the test, so that no trip is taken for slow.
    private final Redis redis = Redis.builder(RedisURI.create("127.0.0.1", proxy.port()))
            .budget(Duration.ofSeconds(60))
            .build();
    private final RateLimiter limiter =
            RateLimiter.redis(redis).namespace(namespace).build();

    @AfterEach
    void disconnect() {
        limiter.close();
        redis.close();
        proxy.close();
    }

    private List<CompletableFuture<Decision>> ask(int calls) {
        return Stream.iterate(0, i -> i + 1)
                .limit(calls)
                .map(i -> limiter.tryAcquireAsync(Ask.of(limit, "key" + i, 1 + i % 3))
                        .toCompletableFuture())
                .toList();
    }

    /** By another limiter: callers are told before their trip counts as back, so one of this one's might still be under way. */
    private void loadScript() {
        try (RateLimiter other = RateLimiter.redis(redis).namespace(namespace).build()) {
            other.tryAcquire(limit, "to have the script loaded");
        }
    }

    private byte[] bucket(String key) {
        return (namespace + ":" + limit.id() + ":{" + key + "}").getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void oneWhoseKeyHoldsSomethingElseSpoilsNoOther() {
        redis.call(commands -> commands.rpush(bucket("key9"), bucket("key9")));
        loadScript();
        proxy.freeze();

        List<CompletableFuture<Decision>> asked = ask(50);
        proxy.heal();

        for (int i = 0; i < asked.size(); i++) {
            Decision decision = asked.get(i).join();
            assertThat(decision.source()).isEqualTo(i == 9 ? Source.CLOSED : Source.REDIS);
            assertThat(decision.remaining()).isEqualTo(i == 9 ? 0 : 9 - i % 3);
        }
        assertThat(limiter.stats().redisTrips()).isEqualTo(UNDER_WAY_AT_MOST + 1);
    }

    @Test
    void moreThanATripHoldsGoWithTheNext() {
        loadScript();
        proxy.freeze();

        List<CompletableFuture<Decision>> asked = ask(UNDER_WAY_AT_MOST + 64 + 10);
        proxy.heal();

        assertThat(asked).allSatisfy(one -> assertThat(one.join().source()).isEqualTo(Source.REDIS));
        assertThat(limiter.stats().redisTrips()).isEqualTo(UNDER_WAY_AT_MOST + 2);
    }

    @Test
    void whoGivesUpWhileHeWaitsForATripIsNotCharged() throws InterruptedException {
        loadScript();
        proxy.freeze();
        List<CompletableFuture<Decision>> asked = ask(UNDER_WAY_AT_MOST);
        List<Decision> told = new ArrayList<>();
        Thread impatient = new Thread(() -> told.add(limiter.tryAcquire(limit, "impatient")));
        impatient.start();
        await().until(() -> impatient.getState() == Thread.State.TIMED_WAITING);

        impatient.interrupt();
        impatient.join();
        CompletableFuture<Decision> last =
                limiter.tryAcquireAsync(Ask.of(limit, "last")).toCompletableFuture();
        proxy.heal();

        assertThat(told).extracting(Decision::source).containsExactly(Source.CLOSED);
        assertThat(asked).allSatisfy(one -> assertThat(one.join().source()).isEqualTo(Source.REDIS));
        assertThat(last.join().source()).isEqualTo(Source.REDIS);
        assertThat(limiter.peek(Ask.of(limit, "impatient")).remaining()).isEqualTo(10);
    }
}
