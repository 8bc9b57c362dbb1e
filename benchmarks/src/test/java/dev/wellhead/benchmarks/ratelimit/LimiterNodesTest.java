package dev.wellhead.benchmarks.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimiterNodesTest {
    /** None of these is about how soon Redis answers. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wellhead",
                "wellhead.4-limits",
                "bare",
                "bucket4j",
                "bucket4j.batching",
                "bucket4j.skip-on-zero",
                "bucket4j.timeout",
                "redisson",
                "redisson.timeout"
            })
    void nodesShareOnePermit(String contender) throws Exception {
        List<String> keys = List.of("shared-" + contender);
        try (LimiterNode first = onShared(contender, Rate.USED_UP);
                LimiterNode second = onShared(contender, Rate.USED_UP)) {
            first.prepare(keys);
            second.prepare(keys);

            assertThat(first.ask(keys.get(0))).isEqualTo(Answer.ALLOWED);
            assertThat(second.ask(keys.get(0))).isEqualTo(Answer.DENIED);
            assertThat(first.ask(keys.get(0))).isEqualTo(Answer.DENIED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wellhead.in-memory", "resilience4j", "guava"})
    void nodesInMemoryShareNothing(String contender) throws Exception {
        try (LimiterNode first = onShared(contender, Rate.USED_UP);
                LimiterNode second = onShared(contender, Rate.USED_UP)) {
            assertThat(first.ask("a")).isEqualTo(Answer.ALLOWED);
            assertThat(first.ask("a")).isEqualTo(Answer.DENIED);
            assertThat(second.ask("a")).isEqualTo(Answer.ALLOWED);
        }
    }

    @Test
    void leasesAllowWhatThereIsPlentyOf() throws Exception {
        try (LimiterNode node = onShared("wellhead.leased", Rate.PLENTY)) {
            for (int i = 0; i < 100; i++) {
                assertThat(node.ask("leased")).isEqualTo(Answer.ALLOWED);
            }
        }
    }

    @Test
    void oursSaysWhenItDecidesWithoutRedis() throws Exception {
        try (RedisServer redis = RedisServer.builder().start();
                LimiterNode node = LimiterNodes.open("wellhead", redis.uri(), Rate.PLENTY, PATIENCE)) {
            assertThat(node.ask("a")).isEqualTo(Answer.ALLOWED);
            redis.kill();

            assertThat(node.ask("a")).isEqualTo(Answer.WITHOUT_REDIS);
        }
    }

    /** The same script, key and arguments, but for the moment until which the answer is awaited. */
    @Test
    void bareScriptSendsWhatOursSends() throws Exception {
        try (RedisServer redis = RedisServer.builder()
                        .setting("slowlog-log-slower-than", "0")
                        .start();
                LimiterNode ours = LimiterNodes.open("wellhead", redis.uri(), Rate.PLENTY, PATIENCE);
                LimiterNode bare = LimiterNodes.open("bare", redis.uri(), Rate.PLENTY)) {
            ours.ask("203.0.113.7");
            ours.ask("203.0.113.7");
            List<String> sentByOurs = lastScript(redis.uri());

            assertThat(bare.ask("203.0.113.7")).isEqualTo(Answer.ALLOWED);

            List<String> sentByBare = lastScript(redis.uri());
            assertThat(sentByBare).isNotEqualTo(sentByOurs);
            assertThat(withoutDeadline(sentByBare)).isEqualTo(withoutDeadline(sentByOurs));
        }
    }

    private static List<String> lastScript(String redis) {
        try (RedisClient client = RedisClient.create(redis);
                StatefulRedisConnection<String, String> connection = client.connect(StringCodec.ASCII)) {
            return connection.sync().slowlogGet().stream()
                    .map(entry -> command((List<?>) entry))
                    .filter(command -> command.get(0).equalsIgnoreCase("EVALSHA"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<String> command(List<?> entry) {
        return ((List<?>) entry.get(3)).stream().map(String::valueOf).toList();
    }

    // EVALSHA, the script, how many keys, the key.
    private static List<String> withoutDeadline(List<String> command) {
        List<String> rest = new ArrayList<>(command);
        rest.remove(4);
        return rest;
    }

    @Test
    void unknownContenderIsNamed() {
        assertThatThrownBy(() -> onShared("sentinel", Rate.PLENTY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no contender 'sentinel'");
    }

    private static LimiterNode onShared(String contender, Rate rate) {
        return LimiterNodes.open(contender, RedisServer.shared().uri(), rate, PATIENCE);
    }
}
