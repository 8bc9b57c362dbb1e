package dev.wellhead.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.RedisUnavailableException.Reason;
import dev.wellhead.testkit.RedisCluster;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

// The order only keeps what takes a master away for the end, since the cluster takes long to make.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final RedisScript<Long> COUNT = RedisScript.ofInteger("return redis.call('INCR', KEYS[1])");
    private static final RedisScript<Long> BOTH =
            RedisScript.ofInteger("return redis.call('INCR', KEYS[1]) + redis.call('INCR', KEYS[2])");

    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.builder()
                .replicas(1)
                .setting("requirepass", "canary")
                .setting("cluster-node-timeout", "1500")
                .start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void scriptsRunOnEveryMasterAndEachHasItsClock() {
        try (Redis redis = client(Duration.ofSeconds(5))) {
            for (int node = 0; node < 3; node++) {
                byte[] key = bytes("{" + tagOn(node) + "}clock");
                assertThat(redis.run(COUNT, List.of(key), List.of())).isEqualTo(1);
                await().atMost(SOON).until(() -> redis.clock(key).notAfterMicros(Duration.ZERO) > 0);
            }

            assertThat(redis.clock(bytes(tagOn(0)))).isNotSameAs(redis.clock(bytes(tagOn(1))));
            assertThat(redis.stats().connected()).isTrue();
            assertThat(redis.stats().failed()).isZero();
            assertThat(redis.health().status()).isEqualTo(Health.Status.UP);
        }
    }

    @Test
    void keysWithOneTagMayGoTogetherAndOthersAreRefusedBeforeTheyAreSent() {
        try (Redis redis = client(Duration.ofSeconds(5))) {
            assertThat(redis.run(BOTH, List.of(bytes("{t}1"), bytes("{t}2")), List.of()))
                    .isEqualTo(2);

            assertThatThrownBy(() -> redis.run(
                            BOTH, List.of(bytes("{" + tagOn(0) + "}"), bytes("{" + tagOn(1) + "}")), List.of()))
                    .isInstanceOfSatisfying(
                            RedisUnavailableException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.FAILED))
                    .hasMessageContaining("2 keys of one script lie in different slots")
                    .hasMessageContaining("hash tag");
            assertThat(redis.stats().failed()).isEqualTo(1);
        }
    }

    @Test
    void slotIsFollowedWhileItMovesAndAfterwards() {
        int slot = cluster.slot("{moving}");
        int from = cluster.owner(slot);
        int to = (from + 1) % 3;
        try (Redis redis = client(Duration.ofSeconds(5))) {
            assertThat(redis.run(COUNT, List.of(bytes("{moving}1")), List.of())).isEqualTo(1);

            cluster.beginMove(slot, from, to);
            assertThat(redis.run(COUNT, List.of(bytes("{moving}2")), List.of())).isEqualTo(1);
            cluster.moveKeys(slot, from, to);
            assertThat(redis.run(COUNT, List.of(bytes("{moving}1")), List.of())).isEqualTo(2);
            cluster.endMove(slot, from, to);

            assertThat(redis.run(COUNT, List.of(bytes("{moving}2")), List.of())).isEqualTo(2);
            assertThat(redis.stats().failed()).isZero();
            assertThat(redis.stats().refused()).isZero();
        }
    }

    @Test
    void keysOnTheirWayAreRefusedAndOpenNoBreaker() {
        int slot = cluster.slot("{halfway}");
        int from = cluster.owner(slot);
        int to = (from + 1) % 3;
        try (Redis redis = client(Duration.ofSeconds(5))) {
            redis.run(COUNT, List.of(bytes("{halfway}1")), List.of());
            cluster.beginMove(slot, from, to);

            for (int call = 0; call < 5; call++) {
                RedisUnavailableException failure = catchThrowableOfType(
                        RedisUnavailableException.class,
                        () -> redis.run(BOTH, List.of(bytes("{halfway}1"), bytes("{halfway}2")), List.of()));
                assertThat(failure.reason()).isEqualTo(Reason.REFUSED);
                assertThat(failure).hasMessageContaining("TRYAGAIN");
            }
            assertThat(redis.stats().breakerOpen()).isFalse();
            cluster.moveKeys(slot, from, to);
            cluster.endMove(slot, from, to);

            assertThat(redis.run(BOTH, List.of(bytes("{halfway}1"), bytes("{halfway}2")), List.of()))
                    .isEqualTo(3);
        }
    }

    @Test
    void clientForOneServerIsToldToUseTheClusterOne() {
        int other = (cluster.owner(cluster.slot("n")) + 1) % 3;
        try (Redis redis =
                Redis.builder(uri(other)).budget(Duration.ofSeconds(5)).build()) {
            assertThatThrownBy(() -> redis.run(COUNT, List.of(bytes("n")), List.of()))
                    .isInstanceOfSatisfying(
                            RedisUnavailableException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.FAILED))
                    .hasMessageContaining("MOVED")
                    .hasMessageContaining("Redis.cluster");
        }
    }

    @Test
    void whatIsPublishedOnAnyServerIsHeard() throws InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Redis redis = client(Duration.ofSeconds(5));
                Subscription subscription = redis.subscribe("news", new Subscription.Listener() {
                    @Override
                    public void message(byte[] message) {
                        heard.add(new String(message, UTF_8));
                    }

                    @Override
                    public void restored() {
                        heard.add("restored");
                    }
                })) {
            assertThat(subscription).isNotNull();
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("restored");
            RedisScript<Long> publish = RedisScript.ofInteger("redis.call('PUBLISH', 'news', KEYS[1]) return 1");

            for (int node = 0; node < 3; node++) {
                String key = tagOn(node);
                redis.run(publish, List.of(bytes(key)), List.of());
                assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(key);
            }
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void deadMasterCostsItsOwnSlotsOnlyUntilItsReplicaTakesOver() throws InterruptedException {
        int dead = cluster.owner(0);
        byte[] lost = bytes("{" + tagOn(dead) + "}n");
        byte[] kept = bytes("{" + tagOn((dead + 1) % 3) + "}n");
        TrackingTest.Recording heard = new TrackingTest.Recording();
        // The seed is another one, as it would be for most clients.
        try (Redis redis = client(Duration.ofMillis(300));
                Tracking tracking = redis.track("{", heard)) {
            assertThat(tracking).isNotNull();
            assertThat(heard.next()).isEqualTo("opened");
            await().atMost(SOON).ignoreExceptions().until(() -> run(redis, lost) > 0 && run(redis, kept) > 0);
            heard.heard.clear();

            cluster.pause(dead);
            await().atMost(SOON).until(() -> reason(redis, lost) == Reason.BREAKER_OPEN);
            assertThat(run(redis, kept)).isPositive();
            assertThat(redis.<byte[]>call(kept, commands -> commands.get(kept))).isNotNull();
            assertThatThrownBy(() -> redis.<byte[]>call(lost, commands -> commands.get(lost)))
                    .isInstanceOfSatisfying(
                            RedisUnavailableException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.BREAKER_OPEN));
            assertThat(redis.callAsync(kept, commands -> commands.get(kept)))
                    .succeedsWithin(SOON)
                    .isNotNull();
            assertThat(redis.isCluster()).isTrue();
            assertThat(redis.health().status()).isEqualTo(Health.Status.DEGRADED);
            cluster.kill(dead);

            await().atMost(SOON).ignoreExceptions().until(() -> run(redis, lost) > 0);
            await().atMost(SOON).until(() -> !redis.stats().breakerOpen());
            await().atMost(SOON).until(() -> heard.heard.contains("lost"));
            await().atMost(SOON).until(() -> heard.heard.contains("opened"));
            heard.heard.clear();
            assertThat(run(redis, lost)).isPositive();
            assertThat(heard.next()).isEqualTo(new String(lost, UTF_8));
        }
    }

    private static long run(Redis redis, byte[] key) {
        return redis.run(COUNT, List.of(key), List.of());
    }

    private static Reason reason(Redis redis, byte[] key) {
        return catchThrowableOfType(RedisUnavailableException.class, () -> run(redis, key))
                .reason();
    }

    /** Returns a key that lies on this node. */
    private static String tagOn(int node) {
        for (int i = 0; i < 10_000; i++) {
            String key = "k" + i;
            if (cluster.owner(cluster.slot(key)) == node) {
                return key;
            }
        }
        throw new AssertionError("node " + node + " has no slot");
    }

    private static RedisURI uri(int node) {
        return RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(cluster.port(node))
                .withPassword("canary".toCharArray())
                .build();
    }

    private static Redis client(Duration budget) {
        return Redis.cluster(List.of(uri(1), uri(2)))
                .budget(budget)
                .connectTimeout(Duration.ofSeconds(10))
                .heartbeat(Duration.ofMillis(200))
                .breaker(3, Duration.ofMillis(100))
                .build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
