package dev.wellhead.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @Test
    void copyForSentinelsKeepsAllButTheirPatience() {
        RedisURI given = RedisURI.create("rediss-sentinel://canary@127.0.0.1:1,127.0.0.1:2/3#main");

        RedisURI copy = Addresses.patient(given, PATIENCE);

        assertThat(copy.getSentinels()).extracting(RedisURI::getPort).containsExactly(1, 2);
        assertThat(copy.getSentinels()).extracting(RedisURI::getTimeout).containsOnly(PATIENCE);
        assertThat(copy.getSentinelMasterId()).isEqualTo("main");
        assertThat(copy.getDatabase()).isEqualTo(3);
        assertThat(copy.isSsl()).isTrue();
        assertThat(copy.getVerifyMode()).isEqualTo(given.getVerifyMode());
        assertThat(copy.getCredentialsProvider()).isSameAs(given.getCredentialsProvider());
    }

    @Test
    void copyOfOneServerKeepsAllButItsPatience() {
        RedisURI given = RedisURI.create("rediss://app:canary@127.0.0.1:1/3?verifyPeer=CA&clientName=me");

        RedisURI copy = Addresses.patient(given, PATIENCE);

        assertThat(copy.getTimeout()).isEqualTo(PATIENCE);
        assertThat(copy.getVerifyMode()).isEqualTo(given.getVerifyMode());
        assertThat(copy.getDatabase()).isEqualTo(3);
        assertThat(copy.getClientName()).isEqualTo("me");
        assertThat(copy.getCredentialsProvider()).isSameAs(given.getCredentialsProvider());
    }

    @Test
    void addressIsShownWithoutItsCredentials() {
        assertThat(Addresses.of(RedisURI.create("redis://app:canary@host:1"))).isEqualTo("host:1");
        assertThat(Addresses.of(RedisURI.create("redis-sentinel://canary@host:1#main")))
                .isEqualTo("sentinel master main");
        assertThat(Addresses.of(List.of(
                        RedisURI.create("redis://app:canary@one:1"), RedisURI.create("redis://app:canary@two:2"))))
                .isEqualTo("cluster one:1,two:2");
    }
}
