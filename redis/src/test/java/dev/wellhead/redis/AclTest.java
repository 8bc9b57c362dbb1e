package dev.wellhead.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wellhead.redis.RedisUnavailableException.Reason;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AclTest {
    // As docs/redis.md lists them, for one server; this one is too old for client|setinfo.
    private static final String DOCUMENTED = "resetkeys ~wh:* resetchannels &wh:* -@all +hello +ping"
            + " +evalsha +eval +time +get +set +del +pttl +pexpire +publish +subscribe +client|tracking";

    private static RedisServer server;
    private static Redis admin;

    @BeforeAll
    static void start() {
        server = RedisServer.builder().start();
        admin = client("default", "");
    }

    @AfterAll
    static void stop() {
        admin.close();
        server.close();
    }

    @Test
    void userWithTheDocumentedRightsMayDoAll() throws InterruptedException {
        TrackingTest.Recording heard = new TrackingTest.Recording();
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        grant("documented", DOCUMENTED);

        try (Redis redis = client("documented", "canary");
                Tracking tracking = redis.track("wh:", heard);
                Subscription subscription = redis.subscribe("wh:news", hearing(messages))) {
            assertThat(tracking).isNotNull();
            assertThat(subscription).isNotNull();
            assertThat(heard.next()).isEqualTo("opened");
            assertThat(messages.poll(30, TimeUnit.SECONDS)).isEqualTo("restored");

            RedisScript<Long> all = RedisScript.ofInteger("""
                    redis.call('TIME') redis.call('GET', KEYS[1]) redis.call('SET', KEYS[1], 'x', 'PX', 10000)
                    redis.call('PTTL', KEYS[1]) redis.call('PEXPIRE', KEYS[1], 10000)
                    redis.call('PUBLISH', 'wh:news', 'hello') return redis.call('DEL', KEYS[1])
                    """);
            assertThat(redis.run(all, List.of(bytes("wh:a")), List.of())).isEqualTo(1);

            assertThat(heard.next()).isEqualTo("wh:a");
            assertThat(messages.poll(30, TimeUnit.SECONDS)).isEqualTo("hello");
            assertThat(redis.stats().denied()).isZero();
        }
    }

    @Test
    void missingRightNamesTheCommandAndOpensNoBreaker() {
        grant("noset", DOCUMENTED + " -set");

        try (Redis redis = client("noset", "canary")) {
            for (int call = 0; call < 5; call++) {
                RedisUnavailableException failure = catchThrowableOfType(
                        RedisUnavailableException.class,
                        () -> redis.call(commands -> commands.set(bytes("wh:a"), bytes("x"))));
                assertThat(failure.reason()).isEqualTo(Reason.DENIED);
                assertThat(failure.code()).isEqualTo("WH-REDIS-006");
                assertThat(failure).hasMessageContaining("NOPERM").hasMessageContaining("'set'");
            }

            assertThat(redis.stats().breakerOpen()).isFalse();
            assertThat(redis.stats().denied()).isEqualTo(5);
        }
    }

    @Test
    void missingRightInsideAScriptIsDeniedToo() {
        grant("noscriptset", DOCUMENTED + " -set");
        RedisScript<Long> writes = RedisScript.ofInteger("redis.call('SET', KEYS[1], 'x') return 1");

        try (Redis redis = client("noscriptset", "canary")) {
            RedisUnavailableException failure = catchThrowableOfType(
                    RedisUnavailableException.class, () -> redis.run(writes, List.of(bytes("wh:a")), List.of()));

            assertThat(failure.reason()).isEqualTo(Reason.DENIED);
        }
    }

    @Test
    void foreignKeyIsDenied() {
        grant("nokey", DOCUMENTED);
        RedisScript<Long> writes = RedisScript.ofInteger("redis.call('SET', KEYS[1], 'x') return 1");

        try (Redis redis = client("nokey", "canary")) {
            RedisUnavailableException failure = catchThrowableOfType(
                    RedisUnavailableException.class, () -> redis.run(writes, List.of(bytes("other")), List.of()));

            assertThat(failure.reason()).isEqualTo(Reason.DENIED);
        }
    }

    @Test
    void refusedChannelIsToldToTheSubscriber() throws InterruptedException {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        grant("nochannel", DOCUMENTED);

        try (Redis redis = client("nochannel", "canary");
                Subscription subscription = redis.subscribe("foreign", hearing(messages))) {
            assertThat(subscription).isNotNull();
            assertThat(messages.poll(30, TimeUnit.SECONDS)).isEqualTo("WH-REDIS-006");
        }
    }

    @Test
    void refusedTrackingIsToldAndTakenUpWhenTheRightIsGiven() throws InterruptedException {
        TrackingTest.Recording heard = new TrackingTest.Recording();
        grant("notracking", DOCUMENTED + " -client|tracking");

        try (Redis redis = client("notracking", "canary");
                Tracking tracking = redis.track("wh:", heard)) {
            assertThat(tracking).isNotNull();
            assertThat(heard.next()).isEqualTo("WH-REDIS-006");

            grant("notracking", DOCUMENTED);

            assertThat(heard.next()).isEqualTo("opened");
        }
    }

    private static void grant(String user, String rules) {
        byte[][] words = ("SETUSER " + user + " reset on >canary " + rules)
                .lines()
                .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                .map(AclTest::bytes)
                .toArray(byte[][]::new);
        CommandArgs<byte[], byte[]> arguments = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        for (byte[] word : words) {
            arguments.add(word);
        }
        admin.call(
                commands -> commands.dispatch(CommandType.ACL, new StatusOutput<>(ByteArrayCodec.INSTANCE), arguments));
    }

    private static Subscription.Listener hearing(BlockingQueue<String> heard) {
        return new Subscription.Listener() {
            @Override
            public void message(byte[] message) {
                heard.add(new String(message, UTF_8));
            }

            @Override
            public void restored() {
                heard.add("restored");
            }

            @Override
            public void refused(RedisUnavailableException why) {
                heard.add(why.code());
            }
        };
    }

    private static Redis client(String user, String password) {
        String credentials = password.isEmpty() ? "" : user + ":" + password + "@";
        return Redis.builder(RedisURI.create("redis://" + credentials + "127.0.0.1:" + server.port()))
                .budget(Duration.ofSeconds(5))
                .breaker(3, Duration.ofMillis(100))
                .build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
