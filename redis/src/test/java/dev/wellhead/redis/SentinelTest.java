package dev.wellhead.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.RedisSentinel;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SentinelTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final RedisScript<Long> COUNT = RedisScript.ofInteger("return redis.call('INCR', KEYS[1])");

    @Test
    void callsAndTrackingFollowTheMasterWhetherItIsReplacedOrDies() throws InterruptedException {
        TrackingTest.Recording heard = new TrackingTest.Recording();
        try (RedisSentinel group = RedisSentinel.builder().start();
                Redis redis = client(group);
                Tracking tracking = redis.track("n", heard)) {
            assertThat(tracking).isNotNull();
            assertThat(heard.next()).isEqualTo("opened");
            assertThat(count(redis)).isEqualTo(1);
            assertThat(heard.next()).isEqualTo("n");

            RedisServer second = group.failover();
            awaitServed(redis);
            group.awaitReady();
            awaitHeard(redis, heard);

            second.kill();
            group.awaitFailoverFrom(second);
            awaitServed(redis);
            awaitHeard(redis, heard);

            assertThat(redis.stats().breakerOpen()).isFalse();
        }
    }

    private static void awaitServed(Redis redis) {
        await().atMost(SOON).ignoreExceptions().until(() -> count(redis) > 0);
    }

    /** Until the tracking is at the master, too. */
    private static void awaitHeard(Redis redis, TrackingTest.Recording heard) {
        await().atMost(SOON).ignoreExceptions().until(() -> {
            heard.heard.clear();
            count(redis);
            return "n".equals(heard.heard.poll(1, TimeUnit.SECONDS));
        });
    }

    private static long count(Redis redis) {
        return redis.run(COUNT, List.of("n".getBytes(UTF_8)), List.of());
    }

    private static Redis client(RedisSentinel group) {
        return Redis.builder(RedisURI.create(group.uri()))
                .budget(Duration.ofSeconds(1))
                .heartbeat(Duration.ofMillis(200))
                .connectTimeout(Duration.ofSeconds(10))
                .breaker(3, Duration.ofMillis(100))
                .build();
    }
}
