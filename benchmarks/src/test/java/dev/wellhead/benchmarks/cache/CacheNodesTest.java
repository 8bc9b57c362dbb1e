package dev.wellhead.benchmarks.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.RedisServer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheNodesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "wellhead",
                "jetcache",
                "jetcache.protect",
                "jetcache.remote",
                "redisson",
                "redisson.local",
                "redisson.bucket",
                "spring",
                "spring.locking",
                "lettuce.tracking",
                "bare"
            })
    void nodesShareWhatOneOfThemLoaded(String contender) throws Exception {
        AtomicInteger loads = new AtomicInteger();
        List<CacheNode> nodes = CacheNodes.open(
                contender, NodeOptions.of(RedisServer.shared().uri(), key -> key + loads.incrementAndGet()), 2);
        String key = "shared-" + contender;
        CacheNode node = nodes.get(0);

        assertThat(node.get(key)).isEqualTo(key + 1);
        assertThat(node.get(key)).isEqualTo(key + 1);
        assertThat(nodes.get(1).get(key)).isEqualTo(key + 1);
        assertThat(node.getAll(List.of(key))).containsExactly(key + 1);
        node.invalidate(key);
        // Of the peers some invalidate when they find the time.
        assertThat(node.get(key)).isIn(contender.equals("wellhead") ? List.of(key + 2) : List.of(key + 1, key + 2));

        nodes.forEach(CacheNode::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"caffeine", "wellhead.local", "jetcache.local"})
    void nodesOfTheProcessOnlyShareNothing(String contender) throws Exception {
        AtomicInteger loads = new AtomicInteger();
        List<CacheNode> nodes = CacheNodes.open(
                contender, NodeOptions.of(RedisServer.shared().uri(), key -> key + loads.incrementAndGet()), 2);

        assertThat(nodes.get(0).get("a")).isEqualTo("a1");
        assertThat(nodes.get(1).get("a")).isEqualTo("a2");
        nodes.get(0).invalidate("a");
        assertThat(nodes.get(0).get("a")).isEqualTo("a3");
        assertThat(nodes.get(1).get("a")).isEqualTo("a2");

        nodes.forEach(CacheNode::close);
    }

    @Test
    void unknownContenderIsNamed() {
        NodeOptions options = NodeOptions.of(RedisServer.shared().uri(), key -> key);

        assertThatThrownBy(() -> CacheNodes.open("memcached", options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no contender 'memcached'");
    }
}
