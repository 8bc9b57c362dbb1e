package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CodecTest {
    @Test
    void keysAreReadableInRedis() {
        UUID id = UUID.randomUUID();

        assertThat(KeyCodec.ofString().encode("ключ")).isEqualTo("ключ".getBytes(UTF_8));
        assertThat(KeyCodec.ofLong().encode(-42L)).isEqualTo("-42".getBytes(UTF_8));
        assertThat(KeyCodec.of(UUID::toString).encode(id))
                .isEqualTo(id.toString().getBytes(UTF_8));
    }

    @Property(tries = 100)
    void bytesStayWhatTheyAre(@ForAll byte[] bytes) {
        assertThat(Codec.bytes().decode(Codec.bytes().encode(bytes))).isEqualTo(bytes);
    }
}
