package dev.wellhead.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.core.Health;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ManualTicker;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisRateLimiterTest extends RateLimiterContract {
    private static final AtomicInteger NAMESPACES = new AtomicInteger();
    private static Redis redis;

    private final String namespace = "contract" + NAMESPACES.incrementAndGet();
    private final RecordingMetrics metrics = new RecordingMetrics();
    private final RateLimiter limiter = RateLimiter.redis(redis)
            .namespace(namespace)
            .denialMaxAge(Duration.ZERO)
            .metrics(metrics)
            .build();

    @BeforeAll
    static void connect() {
        redis = client();
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @AfterEach
    void everyKeyExpires() {
        List<byte[]> keys = keys();

        for (byte[] stored : keys) {
            long ttl = redis.call(commands -> commands.pttl(stored));
            assertThat(ttl).isBetween(1L, 2 * DAY.toMillis());
        }
    }

    @Override
    RateLimiter limiter() {
        return limiter;
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }

    @Override
    void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Test
    void askIsOneTripWhateverItNames() {
        limiter.tryAcquire(
                Ask.of(slow, key).and(other, key).and(slow, "a" + key).and(other, "b" + key));

        assertThat(limiter.stats().redisTrips()).isOne();
        assertThat(metrics.count("wellhead.ratelimit.trips")).isOne();
    }

    @Test
    void neverMakesNoTrip() {
        limiter.tryAcquire(Ask.of(slow, key, Long.MAX_VALUE));
        limiter.tryAcquireAsync(Ask.of(slow, key, 6)).toCompletableFuture().join();

        assertThat(limiter.stats().redisTrips()).isZero();
        assertThat(keys()).isEmpty();
    }

    // Peers charge what they deny, or charge the first limits of an ask whose last one denies.
    @Test
    void deniedCallsLeaveEveryKeyUnchangedByteForByte() {
        Limit odd = Limit.tokenBucket("odd", 7, Duration.ofHours(1));
        Limit window = Limit.fixedWindow("daily", 9, DAY);
        limiter.tryAcquire(
                Ask.of(slow, key, 3).and(odd, key, 2).and(other, key, 2).and(window, key));
        Map<String, String> before = dump();

        for (int call = 0; call < 20; call++) {
            Ask ask = Ask.of(slow, key, 2)
                    .and(odd, key)
                    .and(other, key)
                    .and(window, key)
                    .and(slow, "fresh" + key);
            assertThat(limiter.tryAcquire(ask).allowed()).isFalse();
            limiter.peek(ask);
        }

        assertThat(dump()).isEqualTo(before).hasSize(4);
    }

    @Test
    void keyNamesNamespaceLimitFingerprintAndTag() {
        limiter.tryAcquire(slow, "203.0.113.7");

        assertThat(keys())
                .singleElement()
                .satisfies(stored -> assertThat(new String(stored, US_ASCII))
                        .matches(namespace + ":slow:[0-9a-f]{8}:\\{203\\.0\\.113\\.7}"));
    }

    // Peers: clients bring their own clocks, and those who are ahead or behind get more or starve.
    @Test
    void clientClocksChangeNoVerdict() {
        ManualTicker ahead = new ManualTicker();
        ahead.advance(Duration.ofHours(1));
        ManualTicker behind = new ManualTicker();
        behind.advance(Duration.ofHours(-1));
        List<Boolean> verdicts = new ArrayList<>();

        for (int call = 0; call < 6; call++) {
            ManualTicker ticker = call % 2 == 0 ? ahead : behind;
            ticker.advance(Duration.ofMinutes(call % 3 == 0 ? -30 : 50));
            try (RateLimiter node =
                    RateLimiter.redis(redis).namespace(namespace).ticker(ticker).build()) {
                verdicts.add(node.tryAcquire(slow, key).allowed());
            }
        }

        assertThat(verdicts).containsExactly(true, true, true, true, true, false);
    }

    @Test
    void millionPermitsASecondAreStillALimit() {
        Limit fast = Limit.tokenBucket("fast", 3_000_000, Duration.ofSeconds(1));

        Decision first = limiter.tryAcquire(Ask.of(fast, key, 3_000_000));
        Decision second = limiter.tryAcquire(Ask.of(fast, key, 3_000_000));

        assertThat(first.allowed()).isTrue();
        assertThat(second.allowed()).isFalse();
        assertThat(second.retryAfter()).isPositive();
    }

    @Test
    void oneInTenYearsIsStillALimit() {
        Limit rare = Limit.tokenBucket("rare", 1, Duration.ofDays(3650));

        assertThat(limiter.tryAcquire(rare, key).allowed()).isTrue();
        Decision denied = limiter.tryAcquire(rare, key);

        assertThat(denied.retryAfter()).isBetween(Duration.ofDays(3649), Duration.ofDays(3650));
        redis.call(commands -> commands.del(keys().get(0)));
    }

    // Peers give two bursts when calls are aimed at the edges of seconds or windows.
    @Test
    void callsAimedAtSecondEdgesNeverGetMoreThanTheLaw() {
        Limit edge = Limit.tokenBucket("edge", 100, Duration.ofSeconds(1));
        long start = System.nanoTime();
        long allowed = 0;

        for (int second = 0; second < 2; second++) {
            long toEdge = 1_000_000 - serverMicros() % 1_000_000;
            pass(Duration.ofNanos(1_000 * Math.max(0, toEdge - 20_000)));
            long around = System.nanoTime() + Duration.ofMillis(60).toNanos();
            boolean denied = false;
            // A machine that is busy takes longer to spend the burst.
            while (around - System.nanoTime() > 0 || !denied) {
                boolean allowedNow = limiter.tryAcquire(edge, key).allowed();
                allowed += allowedNow ? 1 : 0;
                denied |= !allowedNow;
            }
        }

        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat((double) allowed).isBetween(100.0, 100 + 100 * seconds);
    }

    @Test
    void threeNodesOnOneHotKeyStayWithinTheLaw() throws Exception {
        Limit hot = Limit.tokenBucket("hot", 200, Duration.ofSeconds(1)).burst(50);
        CountDownLatch go = new CountDownLatch(1);
        List<Redis> clients = List.of(client(), client(), client());
        ExecutorService threads = Executors.newFixedThreadPool(48);
        List<Future<Integer>> counts = new ArrayList<>();
        long[] began = new long[1];

        try {
            List<RateLimiter> nodes = clients.stream()
                    .map(client -> RateLimiter.redis(client)
                            .namespace(namespace)
                            .onFailure(FailurePolicy.closed())
                            .build())
                    .toList();
            for (int thread = 0; thread < 48; thread++) {
                RateLimiter node = nodes.get(thread % 3);
                counts.add(threads.submit(() -> {
                    go.await();
                    int allowed = 0;
                    while (System.nanoTime() - began[0] < 3_000_000_000L) {
                        allowed += node.tryAcquire(hot, key).allowed() ? 1 : 0;
                    }
                    return allowed;
                }));
            }
            began[0] = System.nanoTime();
            go.countDown();
            long allowed = 0;
            for (Future<Integer> count : counts) {
                allowed += count.get();
            }
            double bound = 50 + 200 * (System.nanoTime() - began[0]) / 1e9;

            assertThat(allowed / bound).isBetween(0.5, 1.0);
        } finally {
            threads.shutdownNow();
            clients.forEach(Redis::close);
        }
    }

    @Test
    void callsToOneKeyShareTripsAndAreDecidedOneByOne() throws Exception {
        Limit hot = Limit.tokenBucket("hot", 1_000, DAY);
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(32);
        List<Future<List<Decision>>> all = new ArrayList<>();
        try {
            for (int thread = 0; thread < 32; thread++) {
                // Dear and cheap ones mixed.
                Ask ask = Ask.of(hot, key, 1 + thread % 2);
                all.add(threads.submit(() -> {
                    go.await();
                    List<Decision> decisions = new ArrayList<>();
                    for (int call = 0; call < 50; call++) {
                        decisions.add(
                                call % 2 == 0
                                        ? limiter.tryAcquire(ask)
                                        : limiter.tryAcquireAsync(ask)
                                                .toCompletableFuture()
                                                .join());
                    }
                    return decisions;
                }));
            }
            go.countDown();
            long taken = 0;
            for (int thread = 0; thread < 32; thread++) {
                for (Decision decision : all.get(thread).get()) {
                    assertThat(decision.source()).isEqualTo(Decision.Source.REDIS);
                    if (decision.allowed()) {
                        taken += 1 + thread % 2;
                    }
                }
            }

            assertThat(taken).isEqualTo(1_000);
            assertThat(limiter.stats().redisTrips() + limiter.stats().sharedTrips())
                    .isEqualTo(1_600);
            assertThat(limiter.stats().sharedTrips()).isPositive();
            assertThat(metrics.count("wellhead.ratelimit.trips.shared"))
                    .isEqualTo(limiter.stats().sharedTrips());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void healthIsUpWhileRedisAnswers() {
        limiter.tryAcquire(slow, key);

        assertThat(limiter.health().status()).isEqualTo(Health.Status.UP);
    }

    @Test
    void refusedOptionsNameTheValue() {
        RateLimiter.RedisBuilder builder = RateLimiter.redis(redis);

        assertThatThrownBy(() -> builder.maxKeys(0)).hasMessage("maxKeys must be >= 1, was 0");
        assertThatThrownBy(() -> builder.namespace("a:b")).hasMessageContaining("was 'a:b'");
    }

    private static Redis client() {
        return Redis.builder(RedisURI.create(RedisServer.shared().uri()))
                .budget(Duration.ofSeconds(10))
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    private List<byte[]> keys() {
        return redis.call(commands -> commands.keys(namespace + ":*"));
    }

    private Map<String, String> dump() {
        Map<String, String> values = new TreeMap<>();
        for (byte[] stored : keys()) {
            byte[] value = redis.call(commands -> commands.get(stored));
            values.put(new String(stored, US_ASCII), new String(value, US_ASCII));
        }
        return values;
    }

    private static long serverMicros() {
        List<byte[]> time = redis.call(commands -> commands.time());
        return Long.parseLong(new String(time.get(0), US_ASCII)) * 1_000_000
                + Long.parseLong(new String(time.get(1), US_ASCII));
    }
}
