package dev.wellhead.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits whose numbers change on a real Redis, node by node. */
class ChangedNumbersTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final String namespace = "changed" + UUID.randomUUID();
    private final Redis redis = client(RedisServer.shared().uri());

    @AfterEach
    void disconnect() {
        redis.close();
    }

    private static Redis client(String uri) {
        return Redis.builder(RedisURI.create(uri))
                .budget(Duration.ofSeconds(10))
                .connectTimeout(Duration.ofSeconds(30))
                .build();
    }

    private RateLimiter node() {
        return RateLimiter.redis(redis)
                .namespace(namespace)
                .onFailure(FailurePolicy.closed())
                .build();
    }

    // With shared trips, denials that cost none, and refunds.
    @Test
    void nodesOfOlderAndNewerNumbersKeepToTheLawTogether() throws Exception {
        Limit first = Limit.tokenBucket("rolling", 700, Duration.ofSeconds(1)).burst(70);
        List<Limit> numbers = List.of(first, OtherNumbers.times(3, first), OtherNumbers.times(5, first));
        AtomicLongArray given = new AtomicLongArray(numbers.size());
        List<RateLimiter> nodes = List.of(node(), node(), node());
        ExecutorService threads = Executors.newFixedThreadPool(9);
        long start = System.nanoTime();

        List<Future<?>> callers = new ArrayList<>();
        for (int thread = 0; thread < 9; thread++) {
            RateLimiter node = nodes.get(thread % nodes.size());
            Random random = new Random(thread);
            callers.add(threads.submit(() -> {
                for (int call = 0; call < 400; call++) {
                    int which = random.nextInt(numbers.size());
                    Decision decision = node.tryAcquire(numbers.get(which), "k");
                    assertThat(decision.source()).isIn(Source.REDIS, Source.DENY_CACHE);
                    boolean back = decision.allowed() && random.nextInt(20) == 0;
                    if (back) {
                        node.refund(decision);
                    }
                    given.addAndGet(which, decision.allowed() && !back ? 1 : 0);
                }
            }));
        }
        for (Future<?> caller : callers) {
            caller.get();
        }
        threads.shutdown();

        long nanos = System.nanoTime() - start;
        // In parts of which 15 make a permit of the first; a full bucket is worth a tenth of a second.
        long worth = given.get(0) * 15 + given.get(1) * 5 + given.get(2) * 3;
        assertThat(worth * 1_000_000_000L / 15 / 700).isLessThanOrEqualTo(100_000_000L + nanos + nanos / 1_000);
        assertThat(List.of(given.get(0), given.get(1), given.get(2))).allMatch(each -> each > 0);
    }

    @Test
    void denialIsJudgedByTheNumbersOfWhoAsks() {
        Limit five = Limit.fixedWindow("window", 5, Duration.ofDays(3650));
        Limit fifteen = OtherNumbers.times(3, five);
        RateLimiter limiter = node();
        limiter.tryAcquire(Ask.of(five, "k", 5));
        assertThat(limiter.tryAcquire(five, "k").allowed()).isFalse();

        Decision more = limiter.tryAcquire(Ask.of(fifteen, "k", 10));
        Decision again = limiter.tryAcquire(five, "k");

        assertThat(more.allowed()).isTrue();
        assertThat(more.source()).isEqualTo(Source.REDIS);
        assertThat(again.allowed()).isFalse();
        assertThat(limiter.tryAcquire(fifteen, "k").allowed()).isFalse();
    }

    @Test
    void leaseOfOtherNumbersIsNotSpent() {
        Limit many = Limit.tokenBucket("leased", 14_400, DAY).burst(14_410).leased(Duration.ofMinutes(1));
        // Of the same time to fill: each of them is worth ten of those.
        Limit few = Limit.tokenBucket("leased", 1_440, DAY).burst(1_441).leased(Duration.ofMinutes(1));
        assertThat(few.id()).isEqualTo(many.id());
        RateLimiter limiter = node();
        while (limiter.tryAcquire(many, "k").source() != Source.LEASE) {
            assertThat(limiter.stats().redisTrips()).isLessThan(100);
        }

        assertThat(limiter.tryAcquire(few, "k").source()).isEqualTo(Source.REDIS);
    }

    @Test
    void stateIsOneNumberUnlessItHasAFraction() {
        Limit whole = Limit.tokenBucket("whole", 10, DAY);
        Limit odd = Limit.tokenBucket("odd", 7, DAY);
        RateLimiter limiter = node();

        limiter.tryAcquire(Ask.of(whole, "k").and(odd, "k"));
        limiter.tryAcquire(Ask.of(OtherNumbers.times(2, whole), "k"));
        String fraction = stored(odd);
        assertThat(limiter.tryAcquire(Ask.of(OtherNumbers.times(3, odd), "k", 21))
                        .allowed())
                .isFalse();

        assertThat(stored(whole)).matches("\\d{16}");
        assertThat(fraction).matches("\\d{16}:[1-6]:7");
        // What is denied rounds nothing.
        assertThat(stored(odd)).isEqualTo(fraction);
    }

    private String stored(Limit limit) {
        byte[] key = (namespace + ":" + limit.id() + ":{k}").getBytes(US_ASCII);
        return new String(redis.call(commands -> commands.get(key)), US_ASCII);
    }

    @Test
    void localShareStartsFromTheStateThatOtherNumbersLeft() {
        Limit ten = Limit.tokenBucket("limit", 10, DAY);
        Limit thirty = OtherNumbers.times(3, ten);
        try (RedisServer server = RedisServer.builder().start();
                Redis own = client(server.uri())) {
            RateLimiter limiter = RateLimiter.redis(own)
                    .onFailure(FailurePolicy.local(0.5))
                    .denialMaxAge(Duration.ZERO)
                    .build();
            limiter.tryAcquire(Ask.of(ten, "k", 10));
            server.kill();

            Decision denied = limiter.tryAcquire(thirty, "k");
            int fresh = 0;
            for (int call = 0; call < 20; call++) {
                fresh += limiter.tryAcquire(call < 2 ? ten : thirty, "fresh").allowed() ? 1 : 0;
            }

            assertThat(denied.source()).isEqualTo(Source.LOCAL_FALLBACK);
            assertThat(denied.allowed()).isFalse();
            // Two of five are six of fifteen.
            assertThat(fresh).isEqualTo(2 + 9);
        }
    }
}
