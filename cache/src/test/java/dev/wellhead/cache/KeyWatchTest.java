package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Caches that also hear what other programs do to their values. */
class KeyWatchTest {
    private static final List<String> KEYS =
            IntStream.range(0, 200).mapToObj(key -> "k" + key).toList();

    private final List<Node> nodes = new ArrayList<>();
    private RedisServer server;
    private RedisClient otherProgram;
    private RedisCommands<byte[], byte[]> other;

    @BeforeEach
    void start() {
        server = RedisServer.builder().start();
        otherProgram = RedisClient.create(server.uri());
        other = otherProgram.connect(ByteArrayCodec.INSTANCE).sync();
    }

    @AfterEach
    void stop() {
        otherProgram.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        server.close();
        nodes.forEach(Node::close);
    }

    private Node join(UnaryOperator<Cache.Builder<String, String>> options) {
        Node node = Node.join(
                server, Duration.ofSeconds(1), "watched", builder -> options.apply(builder.hearOtherPrograms()));
        nodes.add(node);
        return node;
    }

    private Node join() {
        return join(options -> options);
    }

    private byte[] valueKey(String key) {
        FarKeys keys = new FarKeys("watched", 1);
        return keys.value(new String(other.get(keys.generation()), UTF_8), new EncodedKey(key.getBytes(UTF_8)));
    }

    /** News comes in order: once that of the probe is here, everything before it has been heard. */
    private void awaitNews(Node node) {
        other.set("unrelated".getBytes(UTF_8), new byte[0]);
        node.get("probe", "value");
        other.del(valueKey("probe"));
        await().atMost(Node.SOON).until(() -> node.cache.getIfPresent("probe") == null);
    }

    @Test
    void ownWritesNeverEvictTheirNearValues() {
        Node node = join();
        KEYS.forEach(key -> node.get(key, "loaded"));
        KEYS.subList(0, 50).forEach(key -> node.cache.put(key, "put"));
        KEYS.subList(50, 100).forEach(key -> {
            node.cache.invalidate(key);
            node.get(key, "loaded again");
        });
        node.cache.getAll(List.of("b1", "b2"), keys -> Map.of("b1", "bulk", "b2", "bulk"));
        awaitNews(node);
        long farHits = node.cache.stats().farHits();
        long loads = node.cache.stats().loads();

        KEYS.forEach(key -> node.get(key, "not asked"));
        node.get("b1", "not asked");

        assertThat(node.cache.stats().farHits()).isEqualTo(farHits);
        assertThat(node.cache.stats().loads()).isEqualTo(loads);
    }

    @Test
    void valueThatAnotherProgramRemovesLeavesAllNearTiers() {
        Node one = join();
        Node two = join();
        one.get("k", "old");
        two.get("k", "not asked");
        awaitNews(one);

        other.del(valueKey("k"));

        await().atMost(Node.SOON).until(() -> one.cache.getIfPresent("k") == null);
        await().atMost(Node.SOON).until(() -> two.cache.getIfPresent("k") == null);
        assertThat(two.get("k", "new")).isEqualTo("new");
    }

    @Test
    void whatAnotherProgramRemovedWhileNobodyHeardIsGoneAfterwards() {
        Node cut = join();
        cut.get("k", "old");
        cut.proxy.refuse();
        await().atMost(Node.SOON).until(() -> cut.cache.health().status() == Health.Status.DEGRADED);

        other.del(valueKey("k"));
        cut.proxy.heal();
        cut.awaitUp();

        assertThat(cut.get("k", "new")).isEqualTo("new");
    }

    @Test
    void cachesThatHearOtherProgramsKeepTheirPromisesToEachOther() {
        Node one = join();
        Node two = join();
        for (int round = 0; round < 200; round++) {
            String value = "value " + round;
            one.cache.put("k", value);
            assertThat(one.cache.getIfPresent("k")).isEqualTo(value);
            await().atMost(Node.SOON)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> value.equals(two.cache.getIfPresent("k")));
            one.cache.invalidate("k");
            assertThat(one.cache.getIfPresent("k")).isNull();
        }
    }

    @Test
    void whereWatchingIsRefusedCachesStillHearEachOther() {
        CommandArgs<byte[], byte[]> user = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        for (String rule : List.of("SETUSER", "plain", "on", "nopass", "~*", "&*", "+@all", "-client|tracking")) {
            user.add(rule);
        }
        other.dispatch(CommandType.ACL, new StatusOutput<>(ByteArrayCodec.INSTANCE), user);
        Node caching = join();
        try (Redis plain = Redis.builder(RedisURI.builder()
                                .withHost("127.0.0.1")
                                .withPort(server.port())
                                .withAuthentication("plain", "any".toCharArray())
                                .build())
                        .budget(Duration.ofSeconds(1))
                        .build();
                Cache<String, String> refused = Cache.<String, String>builder(
                                "watched", plain, KeyCodec.ofString(), Codec.string())
                        .expireAfterWrite(Duration.ofHours(2))
                        .nearExpireAfterWrite(Duration.ofHours(1))
                        .lease(Duration.ofSeconds(10))
                        .hearOtherPrograms()
                        .build()) {
            await().atMost(Node.SOON).until(() -> refused.health().status() == Health.Status.UP);
            refused.put("k", "value");

            caching.cache.put("k", "newer");

            await().atMost(Node.SOON).until(() -> "newer".equals(refused.getIfPresent("k")));
        }
    }
}
