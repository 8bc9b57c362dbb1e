package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheRightsTest {
    // As docs/redis.md lists them, for one server; this one is too old for client|setinfo.
    private static final String DOCUMENTED = "resetkeys ~wh:* resetchannels &wh:* -@all +hello +ping"
            + " +evalsha +eval +time +get +set +del +pttl +pexpire +publish +subscribe +client|tracking"
            + " +mget +exists +sadd +srem +hset +hmget +hincrby +zadd +zcard +zrange +zrangebyscore +zremrangebyrank";

    @Test
    void userWithTheDocumentedRightsMayDoAllThatACacheDoes() {
        try (RedisServer server = RedisServer.builder().start()) {
            grant(server, "SETUSER app on >canary " + DOCUMENTED);
            try (Redis redis = Redis.builder(RedisURI.builder()
                                    .withHost("127.0.0.1")
                                    .withPort(server.port())
                                    .withAuthentication("app", "canary".toCharArray())
                                    .build())
                            .budget(Duration.ofSeconds(5))
                            .build();
                    Cache<String, String> cache = Cache.<String, String>builder(
                                    "rights", redis, KeyCodec.ofString(), Codec.string())
                            .expireAfterWrite(Duration.ofHours(1))
                            .lease(Duration.ofSeconds(10))
                            .tags((key, value) -> List.of(value))
                            .build()) {
                await().atMost(Node.SOON).until(() -> cache.health().status() == Health.Status.UP);

                cache.get("k", key -> "red");
                cache.put("p", "green");
                cache.getAll(List.of("a", "b"), keys -> Map.of("a", "red", "b", "red"));
                cache.fence("k", Duration.ofSeconds(10)).close();
                assertThat(cache.invalidate("p")).isEqualTo(InvalidateResult.DONE);
                assertThat(cache.invalidateTag("red")).isEqualTo(InvalidateResult.DONE);
                assertThat(cache.clear()).isEqualTo(InvalidateResult.DONE);

                assertThat(cache.stats().awayCalls()).isZero();
                assertThat(redis.stats().failed()).isZero();
            }
        }
    }

    private static void grant(RedisServer server, String rules) {
        try (RedisClient admin = RedisClient.create(server.uri())) {
            CommandArgs<byte[], byte[]> arguments = new CommandArgs<>(ByteArrayCodec.INSTANCE);
            for (String word : rules.split(" ", -1)) {
                arguments.add(word);
            }
            admin.connect(ByteArrayCodec.INSTANCE)
                    .sync()
                    .dispatch(CommandType.ACL, new StatusOutput<>(ByteArrayCodec.INSTANCE), arguments);
        }
    }
}
