package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameTest {
    @Property(tries = 200)
    void whatIsWrittenIsReadAgain(@ForAll byte[] payload, @ForAll boolean isNull, @ForAll long created) {
        byte[] bytes = new Frame(isNull, payload).toBytes(created);

        Frame read = Frame.read(bytes).orElseThrow();

        assertThat(read.payload()).isEqualTo(payload);
        assertThat(read.isNull()).isEqualTo(isNull);
    }

    @Property(tries = 200)
    void noSingleChangedBitGoesUnnoticed(@ForAll @Size(max = 64) byte[] payload, @ForAll int where) {
        byte[] bytes = new Frame(false, payload).toBytes(1);
        int bit = Math.floorMod(where, bytes.length * 8);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);

        assertThat(Frame.read(bytes)).isEmpty();
    }

    @Property(tries = 200)
    void bytesThatAreNoFrameAreRefused(@ForAll byte[] bytes) {
        assertThat(Frame.read(bytes)).isEmpty();
    }

    @Test
    void truncatedFrameIsRefused() {
        byte[] whole = new Frame(false, new byte[100]).toBytes(1);

        for (int length = 0; length < whole.length; length++) {
            assertThat(Frame.read(Arrays.copyOf(whole, length))).isEmpty();
        }
    }
}
