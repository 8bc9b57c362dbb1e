package dev.wellhead.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.wellhead.redis.RedisUnavailableException.Reason;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each error is one that a real server gave, brought about as in life where that can be. */
class ServerErrorTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final RedisScript<Long> WRITE = RedisScript.ofInteger("redis.call('SET', KEYS[1], 'x') return 1");

    private final AtomicInteger changes = new AtomicInteger();
    private RedisServer server;
    private Redis redis;
    private RedisClient admin;
    private StatefulRedisConnection<String, String> adminConnection;

    @AfterEach
    void stop() {
        if (redis != null) {
            redis.close();
        }
        if (admin != null) {
            admin.shutdown();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void fullServerIsRefusedOnceAndForAllUntilThereIsRoom() {
        start(RedisServer.builder());
        admin().configSet("maxmemory", "1");

        awaitRefusal("raise maxmemory");
        staysOpen();
        admin().configSet("maxmemory", "0");

        awaitServed();
        assertThat(changes).hasValue(2);
    }

    @Test
    void replicaIsRefusedOnceAndForAllUntilItIsMasterAgain() {
        start(RedisServer.builder());
        try (RedisServer master = RedisServer.builder().start()) {
            admin().replicaof("127.0.0.1", master.port());

            awaitRefusal("READONLY");
            staysOpen();
            admin().replicaofNoOne();

            awaitServed();
            assertThat(changes).hasValue(2);
        }
    }

    @Test
    void replicaWithoutItsMasterIsRefused() {
        try (RedisServer master = RedisServer.builder().start()) {
            start(RedisServer.builder()
                    .setting("replica-serve-stale-data", "no")
                    .setting("replica-read-only", "no"));
            admin().replicaof("127.0.0.1", master.port());
            await().atMost(SOON).until(() -> admin().info("replication").contains("master_link_status:up"));
            master.kill();

            awaitRefusal("MASTERDOWN");
        }
    }

    @Test
    void serverWithTooFewReplicasIsRefused() {
        start(RedisServer.builder());
        admin().configSet("min-replicas-to-write", "1");

        awaitRefusal("NOREPLICAS");
        admin().configSet("min-replicas-to-write", "0");

        awaitServed();
    }

    @Test
    void serverThatCannotSaveIsRefused() throws IOException {
        Path folder = Files.createTempDirectory("redis-gone").toAbsolutePath();
        start(RedisServer.builder().setting("save", "3600 1").setting("enable-protected-configs", "local"));
        admin().configSet("dir", folder.toString());
        Files.delete(folder);
        admin().bgsave();
        await().atMost(SOON).until(() -> admin().info("persistence").contains("rdb_last_bgsave_status:err"));

        awaitRefusal("MISCONF");
    }

    @Test
    void serverInAnEndlessScriptIsRefusedUntilThatIsKilled() {
        start(RedisServer.builder().setting("busy-reply-threshold", "20"));
        try (StatefulRedisConnection<String, String> looping = admin.connect()) {
            looping.async().eval("while true do end", ScriptOutputType.STATUS);

            awaitRefusal("BUSY");
            admin().scriptKill();

            awaitServed();
        }
    }

    @Test
    void loadingServerIsRefusedUntilItHasLoaded() throws InterruptedException {
        start(RedisServer.builder()
                .setting("key-load-delay", "10000")
                .setting("loading-process-events-interval-bytes", "1024")
                .setting("rdbcompression", "no"));
        String fill = "for i = 1, 9000 do redis.call('SET', 'k' .. i, string.rep('x', 1024)) end return 1";
        admin().eval(fill, ScriptOutputType.INTEGER);
        admin().save();
        server.kill();

        Thread starting = new Thread(server::start);
        starting.start();

        // It would load for 90 s, so that no slow machine misses it, and answers in between at each key.
        awaitRefusal("LOADING");
        await().atMost(SOON).ignoreExceptions().until(() -> "OK".equals(admin().configSet("key-load-delay", "0")));

        awaitServed();
        starting.join();
    }

    @Test
    void clusterThatLacksSlotsIsRefused() {
        start(RedisServer.builder().setting("cluster-enabled", "yes"));

        awaitRefusal("CLUSTERDOWN");
    }

    @Test
    void keyOfAnotherTypeIsTheCallersAffair() {
        start(RedisServer.builder());
        admin().lpush("n", "x");
        RedisScript<byte[]> read = script();

        for (int call = 0; call < 5; call++) {
            assertFailure(
                    catchThrowableOfType(
                            RedisUnavailableException.class, () -> redis.run(read, List.of(bytes("n")), List.of())),
                    Reason.FAILED,
                    "WRONGTYPE");
        }
        assertThat(redis.stats().breakerOpen()).isFalse();
        assertThat(redis.stats().failed()).isEqualTo(5);
    }

    @Test
    void missingPasswordIsNamed() {
        server = RedisServer.builder().setting("requirepass", "canary").start();
        redis = client(RedisURI.create("127.0.0.1", server.port()));

        await().atMost(SOON).until(() -> failure().reason() == Reason.DENIED);
        assertFailure(failure(), Reason.DENIED, "NOAUTH");
        assertThat(redis.stats().denied()).isPositive();
    }

    @Test
    void wrongPasswordIsNamedAndNotShown() {
        server = RedisServer.builder().setting("requirepass", "canary").start();
        redis = client(RedisURI.create("redis://someone:canary-wrong@127.0.0.1:" + server.port()));

        // On a slow machine the client may still be connecting.
        await().atMost(SOON).until(() -> failure().reason() == Reason.DENIED);
        RedisUnavailableException failure = failure();
        assertFailure(failure, Reason.DENIED, "WRONGPASS");
        assertThat(failure + " " + failure.getCause() + redis.health()).doesNotContain("canary");
    }

    // What older servers say; nobody can start one here.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OOM|ERR Error running script (call to f_6b1bf486c): @user_script:1: @user_script: 1: -OOM command not"
                        + " allowed when used memory > 'maxmemory'.",
                "READONLY|ERR Error running script (call to f_6b1b): @user_script:2: @user_script: 2: -READONLY You"
                        + " can't write against a read only replica.",
                "NOPERM|ERR ACL failure in script: this user has no permissions to run the 'set' command",
                "LOADING|LOADING Redis is loading the dataset in memory",
                "TRYAGAIN|TRYAGAIN Multiple keys request during rehashing of slot",
                "CROSSSLOT|CROSSSLOT Keys in request don't hash to the same slot",
                "MOVED|MOVED 3999 127.0.0.1:6381",
                "OTHER|ERR unknown command",
                "OTHER|ERR Error running script: @user_script:1: attempt to index nil -NOTHING here",
                "OTHER|OOMPH is no code of Redis"
            })
    void errorIsToldByItsCode(ServerError expected, String message) {
        assertThat(ServerError.of(message)).isEqualTo(expected);
    }

    private void start(RedisServer.Builder builder) {
        server = builder.start();
        admin = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
        adminConnection = admin.connect();
        redis = client(RedisURI.create("127.0.0.1", server.port()));
    }

    private RedisCommands<String, String> admin() {
        return adminConnection.sync();
    }

    private Redis client(RedisURI uri) {
        return Redis.builder(uri)
                .budget(Duration.ofSeconds(5))
                .breaker(2, Duration.ofMillis(50))
                .connectTimeout(Duration.ofSeconds(1))
                .listener(new RedisListener() {
                    @Override
                    public void unavailable(RedisUnavailableException cause) {
                        changes.incrementAndGet();
                    }

                    @Override
                    public void available() {
                        changes.incrementAndGet();
                    }
                })
                .build();
    }

    private void awaitRefusal(String words) {
        await().atMost(SOON).untilAsserted(() -> {
            RedisUnavailableException failure = failure();
            assertThat(failure.reason()).isIn(Reason.REFUSED, Reason.BREAKER_OPEN);
            assertThat(failure).hasMessageContaining(words);
        });
        await().atMost(SOON).until(() -> failure().reason() == Reason.BREAKER_OPEN);
    }

    /** Through many probes, each of which finds that Redis answers and does not serve. */
    private void staysOpen() {
        await().during(Duration.ofMillis(400))
                .atMost(SOON)
                .until(() -> redis.stats().breakerOpen());
        assertThat(redis.stats().breakerOpened()).isEqualTo(1);
        assertThat(changes).hasValue(1);
    }

    private void awaitServed() {
        await().atMost(SOON).ignoreExceptions().until(() -> redis.run(WRITE, List.of(bytes("n")), List.of()) == 1);
    }

    private RedisUnavailableException failure() {
        RedisUnavailableException failure = catchThrowableOfType(
                RedisUnavailableException.class, () -> redis.run(WRITE, List.of(bytes("n")), List.of()));
        assertThat(failure).isNotNull();
        return failure;
    }

    private static void assertFailure(RedisUnavailableException failure, Reason reason, String words) {
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure).hasMessageContaining(words);
        assertThat(failure.reason().isPassing()).isFalse();
    }

    @SuppressWarnings("unchecked")
    private static RedisScript<byte[]> script() {
        return (RedisScript<byte[]>) (RedisScript<?>) RedisScript.ofBytes("return redis.call('GET', KEYS[1])");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
