package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestCertificates;
import dev.wellhead.testkit.TlsProxy;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Two nodes that reach Redis by TLS. */
class CacheTlsTest {
    private final String name = "tls-" + UUID.randomUUID();

    @Test
    void valuesAndInvalidationsGoByTls() {
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port());
                Redis redisOne = client(proxy);
                Redis redisTwo = client(proxy);
                Cache<String, String> one = cache(redisOne);
                Cache<String, String> two = cache(redisTwo)) {
            one.put("k", "old");
            assertThat(two.<RuntimeException>get("k", key -> "not asked")).isEqualTo("old");

            assertThat(one.invalidate("k")).isEqualTo(InvalidateResult.DONE);

            assertThat(one.<RuntimeException>get("k", key -> "new")).isEqualTo("new");
            await().atMost(Node.SOON)
                    .untilAsserted(() -> assertThat(two.<RuntimeException>get("k", key -> "not asked"))
                            .isEqualTo("new"));
            // Commands and a channel for each node.
            assertThat(proxy.handshakes()).isGreaterThanOrEqualTo(4);
        }
    }

    private static Redis client(TlsProxy proxy) {
        return Redis.builder(RedisURI.create("rediss://127.0.0.1:" + proxy.port()))
                .budget(Duration.ofSeconds(5))
                .connectTimeout(Duration.ofSeconds(10))
                .tls(SslOptions.builder()
                        .jdkSslProvider()
                        .trustManager(TestCertificates.shared().authority().toFile())
                        .build())
                .build();
    }

    private Cache<String, String> cache(Redis redis) {
        Cache<String, String> cache = Cache.<String, String>builder(name, redis, KeyCodec.ofString(), Codec.string())
                .expireAfterWrite(Duration.ofHours(1))
                .lease(Duration.ofSeconds(10))
                .build();
        await().atMost(Node.SOON).until(() -> cache.health().status() == Health.Status.UP);
        return cache;
    }
}
