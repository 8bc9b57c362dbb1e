package dev.wellhead.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.ManualTicker;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What peers were seen to do wrong while Redis was away, slow, full, read-only or forgetful. */
class RedisOutageTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration ROOMY = Duration.ofSeconds(10);
    private static final Duration TIGHT = Duration.ofMillis(50);

    private final Limit limit = Limit.tokenBucket("limit", 10, Duration.ofDays(1));
    private final RecordingListener heard = new RecordingListener();
    private final ManualTicker ticker = new ManualTicker();

    private RedisServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() {
        server = RedisServer.builder().start();
        proxy = FaultProxy.to(server.port());
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.close();
    }

    // Redis' time is not known yet, so the script cannot be told until when its caller waits.
    @Test
    void firstCallOfANewClientIsDecidedByRedis() {
        for (int client = 0; client < 10; client++) {
            try (Redis redis = connect(ROOMY)) {
                RateLimiter limiter = limiter(redis, FailurePolicy.closed());
                Ask ask = Ask.of(limit, "k" + client);

                Decision decision = client % 2 == 0
                        ? limiter.tryAcquire(ask)
                        : limiter.tryAcquireAsync(ask).toCompletableFuture().join();

                assertThat(decision.source()).isEqualTo(Source.REDIS);
                assertThat(decision.remaining()).isEqualTo(9);
            }
        }
    }

    @Test
    void scriptFlushCostsOneTripMoreAndNoError() {
        try (Redis redis = connect(ROOMY)) {
            RateLimiter limiter = limiter(redis, FailurePolicy.closed());
            limiter.tryAcquire(limit, "k");

            redis.call(commands -> commands.scriptFlush());
            Decision decision = limiter.tryAcquire(limit, "k");

            assertThat(decision.source()).isEqualTo(Source.REDIS);
            assertThat(decision.remaining()).isEqualTo(8);
        }
    }

    @Test
    void lostStateStartsFullAndIsCounted() {
        try (Redis redis = connect(ROOMY)) {
            RateLimiter limiter = limiter(redis, FailurePolicy.closed());
            limiter.tryAcquire(Ask.of(limit, "k", 10));
            assertThat(limiter.tryAcquire(limit, "k").allowed()).isFalse();

            redis.call(commands -> commands.flushall());
            Decision after = limiter.tryAcquire(Ask.of(limit, "k", 10));

            assertThat(after.source()).isEqualTo(Source.REDIS);
            assertThat(after.allowed()).isTrue();
            assertThat(limiter.tryAcquire(limit, "k").allowed()).isFalse();
            assertThat(limiter.stats().stateLosses()).isOne();
            assertThat(heard.events).contains("lost limit");
        }
    }

    @Test
    void freshAndRefilledKeysAreNoLostState() {
        Limit quick = Limit.tokenBucket("quick", 1_000, Duration.ofSeconds(1)).burst(1);
        try (Redis redis = connect(ROOMY)) {
            RateLimiter limiter = limiter(redis, FailurePolicy.closed());

            for (int call = 0; call < 300; call++) {
                limiter.tryAcquire(quick, "k");
                limiter.tryAcquire(limit, "k" + call);
            }

            assertThat(limiter.stats().stateLosses()).isZero();
        }
    }

    @Test
    void restartedServerDecidesAgainByItself() {
        try (Redis redis = connect(Duration.ofMillis(500))) {
            RateLimiter limiter = limiter(redis, FailurePolicy.local(1));
            awaitRedis(limiter);
            server.kill();
            await().atMost(SOON).until(() -> limiter.tryAcquire(limit, "k").source() == Source.LOCAL_FALLBACK);
            assertThat(limiter.health().status()).isEqualTo(Health.Status.DEGRADED);

            server.start();
            awaitRedis(limiter);
            ticker.advance(Duration.ofSeconds(11));

            assertThat(limiter.health().status()).isEqualTo(Health.Status.UP);
            assertThat(heard.events).contains("degraded", "recovered");
        }
    }

    // Peers: 60 s and 20 s until a caller is told. Bounds that tell a hang from a busy machine.
    @Test
    void callsToAStoppedServerEndWithTheirBudget() {
        try (Redis redis = connect(TIGHT)) {
            RateLimiter limiter = limiter(redis, FailurePolicy.open());
            awaitRedis(limiter);
            server.pause();
            long start = System.nanoTime();

            for (int call = 0; call < 50; call++) {
                assertThat(limiter.tryAcquire(limit, "k").source()).isEqualTo(Source.OPEN);
            }

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(limiter.stats().failedTrips()).isLessThan(50);
            server.resume();
            awaitRedis(limiter);
        }
    }

    @Test
    void callsToAKilledServerFailAtOnceAndAsyncOnesAlike() {
        try (Redis redis = connect(Duration.ofSeconds(60))) {
            RateLimiter limiter = limiter(redis, FailurePolicy.open());
            awaitRedis(limiter);
            server.kill();
            long start = System.nanoTime();

            for (int call = 0; call < 1_000; call++) {
                assertThat(limiter.tryAcquire(limit, "k").allowed()).isTrue();
                assertThat(limiter.tryAcquireAsync(Ask.of(limit, "k"))
                                .toCompletableFuture()
                                .join()
                                .allowed())
                        .isTrue();
            }

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
        }
    }

    // Peers charge 97 to 100 of 100.
    @Test
    void callsThatWereGivenUpAreNotChargedWhenRedisWakes() {
        Limit wide = Limit.tokenBucket("wide", 1_000, Duration.ofDays(1));
        try (Redis redis = Redis.builder(RedisURI.create("127.0.0.1", proxy.port()))
                .budget(Duration.ofMillis(200))
                // So that all hundred leave for the stopped server.
                .breaker(1_000, Duration.ofMillis(100))
                .connectTimeout(ROOMY)
                .build()) {
            RateLimiter limiter = limiter(redis, FailurePolicy.closed());
            awaitRedis(limiter);
            await().atMost(SOON).until(() -> limiter.peek(Ask.of(wide, "k")).source() == Source.REDIS);
            server.pause();
            List<CompletableFuture<Decision>> calls = new ArrayList<>();

            for (int call = 0; call < 100; call++) {
                calls.add(limiter.tryAcquireAsync(Ask.of(wide, "k")).toCompletableFuture());
            }
            calls.forEach(call -> assertThat(call.join().source()).isEqualTo(Source.CLOSED));
            server.resume();

            try (Redis patient = connect(ROOMY)) {
                // One connection is served in order: this answer comes after the hundred were dealt with.
                await().atMost(SOON).until(() -> limiter.peek(Ask.of(wide, "k")).source() == Source.REDIS);
                assertThat(limiter(patient, FailurePolicy.closed())
                                .peek(Ask.of(wide, "k"))
                                .remaining())
                        .isEqualTo(1_000);
            }
        }
    }

    @Test
    void answerThatComesTooLateGoesByThePolicyAndIsCounted() {
        LimitScript never = new LimitScript() {
            @Override
            List<byte[]> arguments(Ask ask, boolean take, long notAfterMicros) {
                return super.arguments(ask, take, 1);
            }
        };
        CombinedScript neverCombined = new CombinedScript() {
            @Override
            List<byte[]> arguments(List<List<Run>> limits, long notAfterMicros) {
                return super.arguments(limits, 1);
            }
        };
        try (Redis redis = connect(ROOMY)) {
            RateLimiter.RedisBuilder options =
                    RateLimiter.redis(redis).onFailure(FailurePolicy.closed()).listener(heard);
            RateLimiter limiter = new RedisRateLimiter(
                    options, new Scripts(never, neverCombined, new RefundScript(), new PermitScript()));

            // One who shared a trip may have been late for another's sake: as there is time left, it is
            // tried once more.
            assertThat(limiter.tryAcquire(limit, "k").source()).isEqualTo(Source.CLOSED);
            assertThat(limiter.stats().lateRefusals()).isEqualTo(2);
            assertThat(limiter.tryAcquire(Ask.of(limit, "k").and(limit, "l")).source())
                    .isEqualTo(Source.CLOSED);
            assertThat(limiter.stats().lateRefusals()).isEqualTo(3);

            assertThat(keys(redis)).isEmpty();
            assertThat(heard.events).containsExactly("degraded");
        }
    }

    @Test
    void fullReadOnlyAndBrokenServersGoByThePolicy() {
        try (Redis redis = connect(ROOMY);
                Redis admin = connect(ROOMY)) {
            RateLimiter limiter = limiter(redis, FailurePolicy.closed());
            limiter.tryAcquire(limit, "k");
            byte[] key = keys(admin).get(0);

            admin.call(commands -> commands.configSet("maxmemory", "1"));
            assertThat(limiter.tryAcquire(limit, "k").source()).isEqualTo(Source.CLOSED);
            admin.call(commands -> commands.configSet("maxmemory", "0"));
            admin.call(commands -> commands.replicaof("127.0.0.1", 1));
            assertThat(limiter.tryAcquire(limit, "k").source()).isEqualTo(Source.CLOSED);
            admin.call(commands -> commands.replicaofNoOne());
            // The client left a server that takes no writes, and is on its way back.
            await().atMost(SOON).until(() -> limiter.tryAcquire(limit, "k").source() == Source.REDIS);
            admin.call(commands -> commands.set(key, "garbage".getBytes(US_ASCII)));
            assertThat(limiter.tryAcquire(limit, "k").source()).isEqualTo(Source.CLOSED);
            admin.call(commands -> commands.del(key));
            admin.call(commands -> commands.lpush(key, key));
            Decision wrongType = limiter.tryAcquire(Ask.of(limit, "other").and(limit, "k"));
            admin.call(commands -> commands.del(key));

            assertThat(wrongType.source()).isEqualTo(Source.CLOSED);
            assertThat(keys(admin)).isEmpty();
            await().atMost(SOON).until(() -> limiter.tryAcquire(limit, "k").source() == Source.REDIS);
        }
    }

    @Test
    void localShareStartsFromTheLastStatesSeen() {
        try (Redis redis = connect(ROOMY)) {
            RateLimiter limiter = limiter(redis, FailurePolicy.local(0.5));
            limiter.tryAcquire(Ask.of(limit, "exhausted", 10));
            assertThat(limiter.tryAcquire(limit, "exhausted").allowed()).isFalse();
            server.kill();

            Decision known = limiter.tryAcquire(limit, "exhausted");
            int fresh = 0;
            for (int call = 0; call < 10; call++) {
                fresh += limiter.tryAcquire(limit, "fresh").allowed() ? 1 : 0;
            }

            assertThat(known.source()).isEqualTo(Source.LOCAL_FALLBACK);
            assertThat(known.allowed()).isFalse();
            assertThat(fresh).isEqualTo(5);
            assertThat(limiter.stats().fallbacks()).isEqualTo(11);
        }
    }

    @Test
    void localShareOfAWindowStartsFromTheCountLastSeenAndEndsWithTheWindow() {
        Limit window = Limit.fixedWindow("window", 10, Duration.ofDays(1));
        try (Redis redis = connect(ROOMY)) {
            RateLimiter limiter = limiter(redis, FailurePolicy.local(0.5));
            limiter.tryAcquire(Ask.of(window, "k", 4));
            server.kill();

            Decision last = limiter.tryAcquire(window, "k");
            Decision denied = limiter.tryAcquire(window, "k");
            ticker.advance(denied.retryAfter());

            assertThat(last.source()).isEqualTo(Source.LOCAL_FALLBACK);
            assertThat(last.allowed()).isTrue();
            assertThat(denied.allowed()).isFalse();
            assertThat(denied.retryAfter()).isEqualTo(denied.resetAfter()).isLessThanOrEqualTo(Duration.ofDays(1));
            assertThat(limiter.tryAcquire(window, "k").remaining()).isEqualTo(4);
        }
    }

    @Test
    void localShareRefillsOnOurClock() {
        try (Redis redis = connect(ROOMY)) {
            RateLimiter limiter = limiter(redis, FailurePolicy.local(0.5));
            server.kill();
            for (int call = 0; call < 6; call++) {
                limiter.tryAcquire(limit, "k");
            }
            Decision denied = limiter.tryAcquire(limit, "k");

            ticker.advance(denied.retryAfter());

            assertThat(denied.retryAfter()).isEqualTo(Duration.ofDays(1).dividedBy(5));
            assertThat(limiter.peek(Ask.of(limit, "k")).allowed()).isTrue();
            assertThat(limiter.tryAcquire(limit, "k").allowed()).isTrue();
        }
    }

    @Test
    void policiesOfOneAskAreJoined() {
        Limit open = limit.onFailure(FailurePolicy.open());
        Limit closed = Limit.tokenBucket("closed", 10, Duration.ofDays(1)).onFailure(FailurePolicy.closed());
        Limit local = Limit.tokenBucket("local", 2, Duration.ofDays(1)).onFailure(FailurePolicy.local(1));
        try (Redis redis = connect(ROOMY)) {
            RateLimiter limiter = limiter(redis, FailurePolicy.open());
            server.kill();

            Decision closedOne =
                    limiter.tryAcquire(Ask.of(open, "k").and(local, "k", 2).and(closed, "k"));
            Decision localOne = limiter.tryAcquire(Ask.of(open, "k").and(local, "k", 2));
            Decision localDenied = limiter.tryAcquire(Ask.of(open, "k").and(local, "k"));

            assertThat(closedOne.source()).isEqualTo(Source.CLOSED);
            assertThat(closedOne.violated()).contains(closed);
            assertThat(closedOne.retryAfter()).isEqualTo(Duration.ofSeconds(1));
            assertThat(localOne.allowed()).isTrue();
            assertThat(localOne.source()).isEqualTo(Source.LOCAL_FALLBACK);
            assertThat(localDenied.violated()).contains(local);
            assertThat(limiter.tryAcquire(open, "k").source()).isEqualTo(Source.OPEN);
        }
    }

    @Test
    void floodWhileRedisIsAwayStaysBoundedAndFreesNoExhaustedKey() {
        try (Redis redis = connect(ROOMY)) {
            RateLimiter limiter =
                    RateLimiter.redis(redis).maxKeys(500).ticker(ticker).build();
            server.kill();
            for (int call = 0; call < 5; call++) {
                assertThat(limiter.tryAcquire(limit, "victim").allowed()).isTrue();
            }

            for (int key = 0; key < 20_000; key++) {
                limiter.tryAcquire(limit, "flood" + key);
            }

            assertThat(limiter.tryAcquire(limit, "victim").allowed()).isFalse();
            assertThat(limiter.stats().localKeys()).isLessThanOrEqualTo(500);
            assertThat(limiter.stats().sharedBuckets()).isPositive();
        }
    }

    @Test
    void listenerThatThrowsChangesNothing() {
        RateLimiterListener failing = new RateLimiterListener() {
            @Override
            public void degraded(String why) {
                throw new IllegalStateException("listener of a test");
            }
        };
        try (Redis redis = connect(ROOMY)) {
            RateLimiter limiter = RateLimiter.redis(redis)
                    .onFailure(FailurePolicy.open())
                    .listener(failing)
                    .build();
            server.kill();

            assertThat(limiter.tryAcquire(limit, "k").allowed()).isTrue();
        }
    }

    @Test
    void cutConnectionsLeaveNoKeyWithoutExpiry() {
        try (Redis redis = connect(Duration.ofMillis(200));
                Redis direct = direct()) {
            RateLimiter limiter = limiter(redis, FailurePolicy.open());
            awaitRedis(limiter);

            for (int round = 0; round < 20; round++) {
                proxy.cutAfter(37L * round, FaultProxy.Direction.TO_SERVER);
                limiter.tryAcquire(Ask.of(limit, "k" + round).and(limit, "l" + round));
                limiter.tryAcquire(Ask.of(limit, "m" + round));
                proxy.heal();
            }

            for (byte[] key : direct.call(commands -> commands.keys("rl:limit:*"))) {
                long ttl = direct.call(commands -> commands.pttl(key));
                assertThat(ttl).isBetween(1L, Duration.ofDays(1).toMillis() + 20);
            }
        }
    }

    private RateLimiter limiter(Redis redis, FailurePolicy policy) {
        return RateLimiter.redis(redis)
                .onFailure(policy)
                .denialMaxAge(Duration.ZERO)
                .ticker(ticker)
                .listener(heard)
                .build();
    }

    private Redis connect(Duration budget) {
        return Redis.builder(RedisURI.create("127.0.0.1", proxy.port()))
                .budget(budget)
                .breaker(3, Duration.ofMillis(100))
                .connectTimeout(ROOMY)
                .build();
    }

    private Redis direct() {
        return Redis.builder(RedisURI.create(server.uri()))
                .budget(ROOMY)
                .connectTimeout(ROOMY)
                .build();
    }

    /** Also where a test with a small budget begins: the first call of a JVM is slow. */
    private static void awaitRedis(RateLimiter limiter) {
        Limit warm = Limit.tokenBucket("warm", 1_000_000, Duration.ofSeconds(1));
        await().atMost(SOON).until(() -> limiter.tryAcquire(warm, "warm").source() == Source.REDIS);
    }

    private static List<byte[]> keys(Redis redis) {
        return redis.call(commands -> commands.keys("rl:*"));
    }

    private static final class RecordingListener implements RateLimiterListener {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();

        @Override
        public void degraded(String why) {
            events.add("degraded");
        }

        @Override
        public void recovered() {
            events.add("recovered");
        }

        @Override
        public void stateLost(Limit limit) {
            events.add("lost " + limit.name());
        }
    }
}
