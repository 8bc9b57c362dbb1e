package dev.wellhead.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ManualTicker;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RedisPermitTest extends PermitContract {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final long START_MICROS = 1_792_000_001_234_567L;
    private static final Redis REDIS = client(RedisServer.shared());

    private final GivenTimePermits script = new GivenTimePermits(ticker);
    private final RateLimiter limiter = new RedisRateLimiter(
            RateLimiter.redis(REDIS).namespace("permits").ticker(ticker),
            new Scripts(new LimitScript(), new CombinedScript(), new RefundScript(), script));

    /** The script on the test's clock. */
    private static final class GivenTimePermits extends PermitScript {
        private final ManualTicker ticker;
        private final long origin;

        GivenTimePermits(ManualTicker ticker) {
            super("local now = tonumber(ARGV[#ARGV])");
            this.ticker = ticker;
            this.origin = ticker.nanos();
        }

        @Override
        List<byte[]> arguments(Order order, byte[] holder, long notAfterMicros, Duration lease, long permits) {
            List<byte[]> arguments = new ArrayList<>(super.arguments(order, holder, Long.MAX_VALUE, lease, permits));
            arguments.add(Wire.number(START_MICROS + (ticker.nanos() - origin) / 1_000));
            return arguments;
        }
    }

    private static Redis client(RedisServer server) {
        return Redis.builder(RedisURI.create(server.uri()))
                .budget(Duration.ofSeconds(5))
                .build();
    }

    @AfterAll
    static void disconnect() {
        REDIS.close();
    }

    @Override
    RateLimiter limiter() {
        return limiter;
    }

    @Override
    Source source() {
        return Source.REDIS;
    }

    private byte[] stored() {
        return ("permits:two:held:{" + key + "}").getBytes(US_ASCII);
    }

    @Test
    void keyExpiresWithTheLastLeaseAndGoesWithTheLastPermit() {
        Permit first = enter();
        Permit second = enter();

        assertThat(REDIS.<Long>call(commands -> commands.pttl(stored()))).isBetween(1L, LEASE.toMillis() + 11);

        first.close();
        second.close();

        await().atMost(SOON).until(() -> REDIS.<Long>call(commands -> commands.exists(stored())) == 0);
    }

    @Test
    void callThatComesTooLateTakesNothing() {
        PermitScript real = new PermitScript();
        byte[] holder = {1};

        PermitScript.Answer late = PermitScript.read(REDIS.run(
                real.script(), List.of(stored()), real.arguments(PermitScript.Order.ENTER, holder, 1, LEASE, 2)));

        assertThat(late.verdict()).isEqualTo(-1);
        assertThat(REDIS.<Long>call(commands -> commands.exists(stored()))).isZero();
    }

    @Test
    void twoNodesShareThePermitsInRealTime() {
        // The other tests' client has heard their time.
        try (Redis one = client(RedisServer.shared());
                Redis another = client(RedisServer.shared());
                RateLimiter here = RateLimiter.redis(one).namespace("real").build();
                RateLimiter there = RateLimiter.redis(another).namespace("real").build()) {
            ConcurrencyLimit single = Limit.concurrency("single", 1, Duration.ofSeconds(1));
            Permit abandoned = here.tryAcquire(single, key);
            assertThat(abandoned.granted()).isTrue();

            Permit denied = there.tryAcquire(single, key);

            // A slow machine may let the lease pass between the two.
            if (abandoned.isHeld()) {
                assertThat(denied.granted()).isFalse();
            }
            await().atMost(SOON).until(() -> there.tryAcquire(single, key).granted());
            assertThat(abandoned.isHeld()).isFalse();
        }
    }

    @Test
    void policiesDecideWhileRedisIsAway() {
        try (RedisServer server = RedisServer.builder().start();
                Redis redis = client(server);
                RateLimiter away = RateLimiter.redis(redis)
                        .onFailure(FailurePolicy.local(0.5))
                        .build()) {
            ConcurrencyLimit six = Limit.concurrency("six", 6, LEASE);
            Permit fromRedis = away.tryAcquire(six, key);
            assertThat(fromRedis.source()).isEqualTo(Source.REDIS);
            server.kill();

            List<Permit> local = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                local.add(away.tryAcquire(six, key));
            }

            // A half of six, of which one is out already.
            assertThat(local).extracting(Permit::source).containsOnly(Source.LOCAL_FALLBACK);
            assertThat(local).extracting(Permit::granted).containsExactly(true, true, false, false);
            assertThat(local.get(0).renew()).isTrue();
            assertThat(fromRedis.renew()).isFalse();
            assertThat(fromRedis.isHeld()).isTrue();
            fromRedis.close();
            assertThat(away.tryAcquire(six, key).granted()).isTrue();
            Permit open = away.tryAcquire(six.onFailure(FailurePolicy.open()), key);
            assertThat(open.source()).isEqualTo(Source.OPEN);
            assertThat(open.granted()).isTrue();
            Permit closed = away.tryAcquire(six.onFailure(FailurePolicy.closed()), key);
            assertThat(closed.source()).isEqualTo(Source.CLOSED);
            assertThat(closed.granted()).isFalse();
            assertThat(closed.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        }
    }
}
