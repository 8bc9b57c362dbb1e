package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientIpTest {
    private static final List<String> TRUSTED = List.of("10.0.0.0/8", "192.168.1.7", "fd00::/9");

    @Test
    void headerOfAStrangerIsIgnored() {
        assertThat(ClientIp.key("203.0.113.7", "1.2.3.4", TRUSTED)).isEqualTo("203.0.113.7");
        assertThat(ClientIp.key("203.0.113.7", null, TRUSTED)).isEqualTo("203.0.113.7");
    }

    @Test
    void firstStrangerFromTheRightIsTheClient() {
        assertThat(ClientIp.key("10.1.1.1", "6.6.6.6, 203.0.113.7, 10.2.2.2,192.168.1.7", TRUSTED))
                .isEqualTo("203.0.113.7");
        assertThat(ClientIp.key("fd00::1", "203.0.113.9", TRUSTED)).isEqualTo("203.0.113.9");
    }

    @Test
    void chainOfProxiesAloneEndsAtTheFarthest() {
        assertThat(ClientIp.key("10.1.1.1", "10.3.3.3, 10.2.2.2", TRUSTED)).isEqualTo("10.3.3.3");
        assertThat(ClientIp.key("10.1.1.1", null, TRUSTED)).isEqualTo("10.1.1.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "unknown", "256.1.1.1", "1.2.3", "localhost", "1:2", ":::", "1.2.3.4.5", "_hidden", "١.1.1.1"
            })
    void entryThatIsNoAddressEndsTheSearch(String garbage) {
        assertThat(ClientIp.key("10.1.1.1", "6.6.6.6," + garbage, TRUSTED)).isEqualTo("10.1.1.1");
    }

    @Test
    void portsBracketsZonesAndMappedAddressesAreUnderstood() {
        assertThat(ClientIp.key("10.1.1.1", "203.0.113.7:4711", TRUSTED)).isEqualTo("203.0.113.7");
        assertThat(ClientIp.key("10.1.1.1", "[2001:db8:1:2::9]:4711", TRUSTED)).isEqualTo("2001:db8:1:2::/64");
        assertThat(ClientIp.key("fe80::1%eth0", null, TRUSTED)).isEqualTo("fe80:0:0:0::/64");
        assertThat(ClientIp.key("::ffff:203.0.113.7", null, TRUSTED)).isEqualTo("203.0.113.7");
    }

    @Test
    void addressesOfOneSubscriberShareAKey() {
        assertThat(ClientIp.key("2001:db8:1:2::1", null, TRUSTED))
                .isEqualTo(ClientIp.key("2001:db8:1:2:ffff:ffff:ffff:ffff", null, TRUSTED))
                .isNotEqualTo(ClientIp.key("2001:db8:1:3::1", null, TRUSTED));
    }

    @Test
    void trustedProxiesAreKnownByTheirAddress() {
        ClientIp behind = ClientIp.behind(TRUSTED);

        assertThat(List.of("10.1.1.1", "192.168.1.7", "fd00::1", "[fd00::1]:80", "::ffff:10.1.1.1"))
                .allMatch(behind::isTrusted);
        assertThat(List.of("11.1.1.1", "192.168.1.8", "fd80::1", "localhost", ""))
                .noneMatch(behind::isTrusted);
    }

    @Test
    void networksAreComparedBitByBit() {
        ClientIp behind = ClientIp.behind(List.of("172.16.0.0/12", "0.0.0.0/32", "fd80::/9"));

        assertThat(behind.key("172.31.0.1", "1.1.1.1")).isEqualTo("1.1.1.1");
        assertThat(behind.key("172.32.0.1", "1.1.1.1")).isEqualTo("172.32.0.1");
        assertThat(behind.key("fdff::1", "1.1.1.1")).isEqualTo("1.1.1.1");
        assertThat(behind.key("fd00::1", "1.1.1.1")).isEqualTo("fd00:0:0:0::/64");
        assertThat(ClientIp.behind(List.of("0.0.0.0/0")).key("9.9.9.9", "1.1.1.1"))
                .isEqualTo("1.1.1.1");
    }

    @Test
    void peerWithoutAnAddressIsItsOwnKey() {
        assertThat(ClientIp.key("unix:/run/app.sock", "1.1.1.1", TRUSTED)).isEqualTo("unix:/run/app.sock");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "proxy.local", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129", "10.0.0.0/8/8"})
    void trustedProxyThatIsNoNetworkIsRefused(String wrong) {
        assertThatThrownBy(() -> ClientIp.behind(List.of(wrong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was '" + wrong + "'");
    }
}
