package dev.wellhead.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrackingTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final RedisScript<Long> SET = RedisScript.ofInteger("redis.call('SET', KEYS[1], ARGV[1]) return 1");

    private RedisServer server;
    private FaultProxy proxy;
    private Redis redis;
    private Redis other;
    private final Recording heard = new Recording();

    @BeforeEach
    void start() {
        server = RedisServer.builder().start();
        proxy = FaultProxy.to(server.port());
        redis = client(proxy.port());
        other = client(server.port());
    }

    @AfterEach
    void stop() {
        redis.close();
        other.close();
        proxy.close();
        server.close();
    }

    @Test
    void everyChangeBelowThePrefixIsHeardWhoeverMakesIt() throws InterruptedException {
        try (Tracking tracking = redis.track("a:", heard)) {
            assertThat(tracking).isNotNull();
            assertThat(heard.next()).isEqualTo("opened");

            other.call(commands -> commands.set(bytes("b:1"), bytes("x")));
            other.call(commands -> commands.set(bytes("a:1"), bytes("x")));
            assertThat(heard.next()).isEqualTo("a:1");
            redis.run(SET, List.of(bytes("a:2")), List.of(bytes("x")));
            assertThat(heard.next()).isEqualTo("a:2");
            other.call(commands -> commands.del(bytes("a:1")));
            assertThat(heard.next()).isEqualTo("a:1");
            other.call(commands -> commands.pexpire(bytes("a:2"), 1));
            assertThat(heard.next()).isEqualTo("a:2");
        }
    }

    @Test
    void flushIsHeardAsOne() throws InterruptedException {
        try (Tracking tracking = redis.track("a:", heard)) {
            assertThat(tracking).isNotNull();
            assertThat(heard.next()).isEqualTo("opened");

            other.call(commands -> commands.flushall());

            assertThat(heard.next()).isEqualTo("flushed");
        }
    }

    @Test
    void trackingIsArmedAgainAfterTheConnectionWasKilled() throws InterruptedException {
        try (Tracking tracking = redis.track("a:", heard)) {
            assertThat(tracking).isNotNull();
            assertThat(heard.next()).isEqualTo("opened");

            other.call(commands ->
                    commands.clientKill(KillArgs.Builder.typeNormal().skipme()));

            assertThat(heard.next()).isEqualTo("lost");
            assertThat(heard.next()).isEqualTo("opened");
            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> redis.run(SET, List.of(bytes("a:1")), List.of(bytes("x"))) == 1);
            assertThat(heard.next()).isEqualTo("a:1");
        }
    }

    @Test
    void connectionThatIsDeadWithoutKnowingItIsToldByItsSilence() throws InterruptedException {
        try (Tracking tracking = redis.track("a:", heard)) {
            assertThat(tracking).isNotNull();
            assertThat(heard.next()).isEqualTo("opened");

            proxy.halfOpen();
            assertThat(heard.next()).isEqualTo("lost");
            proxy.heal();

            assertThat(heard.next()).isEqualTo("opened");
            other.call(commands -> commands.set(bytes("a:1"), bytes("x")));
            assertThat(heard.next()).isEqualTo("a:1");
        }
    }

    @Test
    void trackingComesBackWithARestartedServer() throws InterruptedException {
        try (Tracking tracking = redis.track("a:", heard)) {
            assertThat(tracking).isNotNull();
            assertThat(heard.next()).isEqualTo("opened");

            server.kill();
            assertThat(heard.next()).isEqualTo("lost");
            server.start();

            assertThat(heard.next()).isEqualTo("opened");
        }
    }

    @Test
    void nothingIsHeardAfterTheEnd() throws InterruptedException {
        Tracking tracking = redis.track("a:", heard);
        assertThat(heard.next()).isEqualTo("opened");

        tracking.close();
        tracking.close();

        // Redis has dropped the connection when it no longer lists it.
        await().atMost(SOON)
                .until(() -> !other.call(commands -> commands.clientList()).contains("tracking"));
        other.call(commands -> commands.set(bytes("a:1"), bytes("x")));
        assertThat(heard.heard).isEmpty();
    }

    private static Redis client(int port) {
        return Redis.builder(RedisURI.create("127.0.0.1", port))
                .budget(Duration.ofSeconds(5))
                .heartbeat(Duration.ofMillis(100))
                .breaker(3, Duration.ofMillis(100))
                .build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static final class Recording implements Tracking.Listener {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        String next() throws InterruptedException {
            String next = heard.poll(30, TimeUnit.SECONDS);
            return next == null ? "nothing within 30 s" : next;
        }

        @Override
        public void invalidated(byte[] key) {
            heard.add(new String(key, UTF_8));
        }

        @Override
        public void flushed() {
            heard.add("flushed");
        }

        @Override
        public void opened() {
            heard.add("opened");
        }

        @Override
        public void lost() {
            heard.add("lost");
        }

        @Override
        public void refused(RedisUnavailableException why) {
            heard.add(why.code());
        }
    }
}
