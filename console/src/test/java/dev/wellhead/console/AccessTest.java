package dev.wellhead.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.console.Access.Refusal;
import dev.wellhead.core.Ticker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    private static final String TOKEN = "0123456789abcdef-canary";

    private final Access open = new Access(null, Ticker.system());
    private final Access locked = new Access(TOKEN, Ticker.system());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:8080",
                "LOCALHOST:1",
                "127.0.0.1",
                "127.0.0.1:65535",
                "127.8.9.1:80",
                "[::1]",
                "[::1]:8080"
            })
    void namesOfThisMachineAreAnswered(String host) {
        assertThat(open.refuse(new Exchange("127.0.0.1", "Host", host), true)).isNull();
        assertThat(open.refuse(new Exchange("::1", "Host", host), true)).isNull();
    }

    // DNS rebinding: the name is the attacker's, the address is ours.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evil.example#localhost",
                "localhost:80@evil.example",
                "localhost.",
                "127.0.0.1:",
                "127.0.0.1:123456",
                "0.0.0.0",
                "[::]",
                "::1",
                "",
                "10.0.0.1",
                "2130706433",
                "127.1",
                "localhost,evil.example"
            })
    void otherNamesAreRefusedEvenFromThisMachine(String host) {
        for (boolean data : new boolean[] {true, false}) {
            Refusal refusal = open.refuse(new Exchange("127.0.0.1", "Host", host), data);

            assertThat(refusal).as(host).isNotNull();
            assertThat(refusal.status()).isEqualTo(403);
        }
    }

    @Test
    void noHostAndTwoHostsAreRefused() {
        assertThat(open.refuse(new Exchange("127.0.0.1"), true)).isNotNull();
        assertThat(open.refuse(new Exchange("127.0.0.1", "Host", "localhost", "Host", "localhost"), true))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.9", "10.0.0.1", "192.168.1.1", "2001:db8::1", "fe80::1", "0.0.0.0"})
    void otherMachinesAreRefusedWhateverHostTheyName(String sender) {
        for (boolean data : new boolean[] {true, false}) {
            Refusal refusal = open.refuse(new Exchange(sender, "Host", "localhost"), data);

            assertThat(refusal).isNotNull();
            assertThat(refusal.status()).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-Real-Ip", "Via"})
    void whatCameThroughAProxyIsRefusedWithoutAToken(String header) {
        assertThat(open.refuse(new Exchange("127.0.0.1", "Host", "localhost", header, "203.0.113.9"), false))
                .isNotNull();
        assertThat(locked.refuse(
                        new Exchange(
                                "127.0.0.1",
                                "Host",
                                "ops.example",
                                header,
                                "203.0.113.9",
                                "Authorization",
                                "Bearer " + TOKEN),
                        true))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({"cross-site, false", "same-site, false", "same-origin, true", "none, true"})
    void dataIsForPagesOfItsOwnOriginAlone(String site, boolean answered) {
        Exchange exchange = new Exchange(
                "127.0.0.1", "Host", "localhost", "Sec-Fetch-Site", site, "Authorization", "Bearer " + TOKEN);

        assertThat(open.refuse(exchange, true) == null).isEqualTo(answered);
        assertThat(locked.refuse(exchange, true) == null).isEqualTo(answered);
        // A link on a page of others may lead here.
        assertThat(open.refuse(exchange, false)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, true",
        "https://localhost:8080, true",
        "http://localhost:9090, false",
        "http://evil.example, false",
        "null, false"
    })
    void otherOriginsAreRefused(String origin, boolean answered) {
        Exchange exchange = new Exchange("127.0.0.1", "Host", "localhost:8080", "Origin", origin);

        assertThat(open.refuse(exchange, true) == null).isEqualTo(answered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer " + TOKEN, "bearer " + TOKEN, "BEARER " + TOKEN})
    void theTokenOpensFromAnywhere(String authorization) {
        assertThat(locked.refuse(new Exchange("203.0.113.9", "Authorization", authorization), true))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer 0123456789abcdef",
                "Bearer " + TOKEN + "x",
                "Bearer  " + TOKEN,
                "Basic " + TOKEN,
                TOKEN,
                "Bearer " + TOKEN + " "
            })
    void anythingElseDoesNot(String authorization) {
        Refusal refusal =
                locked.refuse(new Exchange("127.0.0.1", "Host", "localhost", "Authorization", authorization), true);

        assertThat(refusal).isNotNull();
        assertThat(refusal.status()).isEqualTo(401);
        assertThat(refusal.toString()).doesNotContain("canary");
    }

    @Test
    void noTokenAndTwoTokensAreRefused() {
        assertThat(locked.refuse(new Exchange("127.0.0.1", "Host", "localhost"), true))
                .isNotNull();
        assertThat(locked.refuse(
                        new Exchange(
                                "127.0.0.1", "Authorization", "Bearer " + TOKEN, "Authorization", "Bearer " + TOKEN),
                        true))
                .isNotNull();
    }

    @Test
    void withATokenThePageItselfIsForAll() {
        assertThat(locked.refuse(new Exchange("203.0.113.9"), false)).isNull();
    }
}
