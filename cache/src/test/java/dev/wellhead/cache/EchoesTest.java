package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EchoesTest {
    private static final EncodedKey KEY = new EncodedKey(new byte[] {'k'});

    private final ManualTicker ticker = new ManualTicker();
    private final Echoes echoes = new Echoes(ticker);

    @Test
    void eachWriteHasOneEcho() {
        echoes.begin();
        echoes.expect(KEY);
        echoes.expect(KEY);

        assertThat(echoes.isOurs(new EncodedKey(new byte[] {'o'}))).isFalse();
        assertThat(echoes.isOurs(KEY)).isTrue();
        assertThat(echoes.isOurs(KEY)).isTrue();
        assertThat(echoes.isOurs(KEY)).isFalse();
        assertThat(echoes.size()).isZero();
    }

    @Test
    void writeThatWroteNothingHasNone() {
        echoes.begin();
        echoes.expect(KEY);

        echoes.forget(KEY);

        assertThat(echoes.isOurs(KEY)).isFalse();
    }

    @Test
    void echoThatDoesNotComeIsNotWaitedForForEver() {
        echoes.begin();
        echoes.expect(KEY);
        ticker.advance(Duration.ofSeconds(5));

        assertThat(echoes.isOurs(KEY)).isFalse();
        assertThat(echoes.size()).isZero();
    }

    @Test
    void echoesThatDoNotComeAreSweptOut() {
        echoes.begin();
        echoes.expect(KEY);
        ticker.advance(Duration.ofSeconds(5));

        echoes.sweep();

        assertThat(echoes.size()).isZero();
    }

    @Test
    void nothingIsNotedWhereNobodyListens() {
        echoes.expect(KEY);

        assertThat(echoes.size()).isZero();
    }
}
