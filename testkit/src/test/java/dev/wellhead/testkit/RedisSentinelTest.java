package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RedisSentinelTest {
    @Test
    void killedPrimaryIsReplacedAndComesBackAsReplica() throws Exception {
        try (RedisSentinel group =
                RedisSentinel.builder().setting("requirepass", "canary").start()) {
            RedisServer old = group.primary();
            RedisServer replica = group.servers().get(1);
            try (RedisConnection connection = old.connect()) {
                connection.call("SET", "key", "value");
                assertThat(connection.text("WAIT", "1", "5000")).isEqualTo("1");
            }

            old.kill();

            assertThat(group.awaitFailoverFrom(old)).isSameAs(replica);
            try (RedisConnection connection = replica.connect()) {
                assertThat(connection.text("GET", "key")).isEqualTo("value");
                assertThat(connection.text("SET", "key", "new")).isEqualTo("OK");
            }
            old.start();
            group.awaitReady();
            try (RedisConnection connection = old.connect()) {
                assertThat(connection.text("GET", "key")).isEqualTo("new");
                assertThatThrownBy(() -> connection.call("SET", "key", "stray")).hasMessageContaining("READONLY");
            }
        }
    }

    @Test
    void failoverIsForcedAndForcedBack() {
        try (RedisSentinel group = RedisSentinel.builder().start()) {
            RedisServer first = group.primary();

            RedisServer second = group.failover();
            group.awaitReady();
            RedisServer third = group.failover();

            assertThat(second).isNotSameAs(first);
            assertThat(third).isSameAs(first);
        }
    }

    @Test
    void sentinelsGoOnWithoutOneOfThemAndTakeItBack() {
        try (RedisSentinel group = RedisSentinel.builder().primaryName("main").start()) {
            RedisServer old = group.primary();
            assertThat(group.uri())
                    .startsWith("redis-sentinel://127.0.0.1:" + group.ports().get(0) + ",")
                    .endsWith("#main");

            group.killSentinel(0);
            RedisServer promoted = group.failover();
            group.restartSentinel(0);
            group.awaitReady();

            assertThat(promoted).isNotSameAs(old);
            assertThat(group.primary()).isSameAs(promoted);
        }
    }

    @Test
    void quorumThatCannotBeReachedIsRefused() {
        assertThatThrownBy(() -> RedisSentinel.builder().quorum(4).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("quorum must be <= sentinels (3), was 4");
    }
}
