package dev.wellhead.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wellhead.redis.RedisUnavailableException.Reason;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestCertificates;
import dev.wellhead.testkit.TlsProxy;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsTest {
    private static final RedisScript<Long> COUNT = RedisScript.ofInteger("return redis.call('INCR', KEYS[1])");

    @Test
    void commandsAndSubscriptionsAndTrackingUseTls() throws InterruptedException {
        TrackingTest.Recording heard = new TrackingTest.Recording();
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port());
                Redis redis = client(proxy, trusting())) {
            assertThat(run(redis)).isPositive();
            try (Tracking tracking = redis.track("tls-test:", heard)) {
                assertThat(tracking).isNotNull();
                assertThat(heard.next()).isEqualTo("opened");
                run(redis);
                assertThat(heard.next()).isEqualTo("tls-test:n");
            }
            assertThat(proxy.handshakes()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"EXPIRED,has expired", "WRONG_HOST,is for another host", "UNTRUSTED,authority that is not trusted"})
    void badCertificateIsRefusedAndTheMessageSaysWhy(TestCertificates.Kind kind, String words) {
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port(), kind);
                Redis redis = client(proxy, trusting())) {
            RedisUnavailableException failure = catchThrowableOfType(RedisUnavailableException.class, () -> run(redis));

            assertThat(failure.reason()).isEqualTo(Reason.DISCONNECTED);
            assertThat(failure).hasMessageContaining("TLS: ").hasMessageContaining(words);
        }
    }

    @Test
    void authorityThatTheJvmDoesNotKnowIsRefused() {
        try (TlsProxy proxy = TlsProxy.toRedis(RedisServer.shared().port());
                Redis redis = client(proxy, SslOptions.create())) {
            RedisUnavailableException failure = catchThrowableOfType(RedisUnavailableException.class, () -> run(redis));

            assertThat(failure).hasMessageContaining("authority that is not trusted");
        }
    }

    private static SslOptions trusting() {
        return SslOptions.builder()
                .jdkSslProvider()
                .trustManager(TestCertificates.shared().authority().toFile())
                .build();
    }

    private static Redis client(TlsProxy proxy, SslOptions tls) {
        return Redis.builder(RedisURI.create("rediss://127.0.0.1:" + proxy.port()))
                .budget(Duration.ofSeconds(5))
                .connectTimeout(Duration.ofSeconds(1))
                .breaker(1000, Duration.ofMillis(100))
                .tls(tls)
                .build();
    }

    private static long run(Redis redis) {
        return redis.run(COUNT, List.of("tls-test:n".getBytes(UTF_8)), List.of());
    }
}
