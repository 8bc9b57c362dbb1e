package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CompressionTest {
    private final Compression compression = new Compression(100, 1 << 20);

    @Property(tries = 200)
    void whatIsCompressedIsFewerBytesAndComesBack(
            @ForAll byte[] seed, @ForAll @IntRange(min = 1, max = 500) int times) {
        ByteBuffer bytes = ByteBuffer.allocate(seed.length * times);
        for (int i = 0; i < times; i++) {
            bytes.put(seed);
        }

        Optional<byte[]> compressed = compression.compress(bytes.array());

        compressed.ifPresent(fewer -> {
            assertThat(fewer.length).isLessThan(bytes.capacity());
            assertThat(compression.expand(fewer)).isEqualTo(bytes.array());
        });
    }

    @Test
    void fewBytesAreLeftAlone() {
        assertThat(compression.compress(new byte[99])).isEmpty();
        assertThat(compression.compress(new byte[100])).isPresent();
        assertThat(new Compression(1, 100).compress(new byte[1])).isEmpty();
    }

    @Test
    void bytesThatGrowToMoreThanTheyMayAreRefusedBeforeTheyGrow() {
        byte[] bomb = new Compression(1, 1 << 24).compress(new byte[1 << 24]).orElseThrow();

        assertThatThrownBy(() -> compression.expand(bomb))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("compressed value says it has 16777216 bytes");
    }

    @Test
    void bytesThatLieAboutTheirLengthAreRefused() {
        byte[] honest =
                compression.compress("value ".repeat(100).getBytes(UTF_8)).orElseThrow();
        for (int length : new int[] {-1, 0, 599, 601}) {
            byte[] liar = honest.clone();
            ByteBuffer.wrap(liar).putInt(length);

            assertThatThrownBy(() -> compression.expand(liar)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> compression.expand(new byte[] {1, 2})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> compression.expand(Arrays.copyOf(honest, honest.length - 3)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
