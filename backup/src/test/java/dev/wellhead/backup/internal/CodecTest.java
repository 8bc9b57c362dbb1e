package dev.wellhead.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Invariants: what is packed comes back; what was cut or spoiled is told as damage, wherever it was, or comes back whole. */
class CodecTest {
    private static final byte[] CONTENT = content();

    private static byte[] content() {
        byte[] content = new byte[200_000];
        new Random(1).nextBytes(content);
        Arrays.fill(content, 50_000, 150_000, (byte) 'x');
        return content;
    }

    private static byte[] packed(Codec codec) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = codec.packing(packed)) {
            out.write(CONTENT, 0, 10);
            out.write(CONTENT, 10, CONTENT.length - 10);
        }
        return packed.toByteArray();
    }

    private static byte[] unpacked(Codec codec, byte[] packed) throws IOException {
        return codec.unpacking(new ByteArrayInputStream(packed)).readAllBytes();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void whatIsPackedComesBack(Codec codec) throws IOException {
        byte[] packed = packed(codec);

        assertThat(packed).hasSizeLessThan(CONTENT.length * 6 / 10);
        assertThat(unpacked(codec, packed)).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void whatWasCutIsDamaged(Codec codec) throws IOException {
        byte[] packed = packed(codec);
        for (int length : new int[] {1, 5, 1_000, packed.length / 2, packed.length - 1}) {
            Throwable failure = catchThrowable(() -> unpacked(codec, Arrays.copyOf(packed, length)));
            assertThat(failure).as("cut to %s", length).isInstanceOf(IOException.class);
            assertThat(codec.isDamage((IOException) failure)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasSpoiledFailsAsDamageIfItFails(Codec codec) throws IOException {
        byte[] packed = packed(codec);
        for (int at = 0; at < packed.length; at += at < 40 ? 1 : packed.length / 40) {
            byte[] spoiled = packed.clone();
            spoiled[at] ^= (byte) 0x55;
            Throwable failure = catchThrowable(() -> unpacked(codec, spoiled));
            assertThat(failure == null || failure instanceof IOException e && codec.isDamage(e))
                    .as("byte %s: %s", at, failure)
                    .isTrue();
        }
    }

    @Test
    void whatIsNotPackedStaysAsItIs() throws IOException {
        assertThat(packed(Codec.NONE)).isEqualTo(CONTENT);
        assertThat(unpacked(Codec.NONE, CONTENT)).isEqualTo(CONTENT);
    }

    @Test
    void otherFailuresAreNoDamage() {
        for (Codec codec : Codec.values()) {
            assertThat(codec.isDamage(new IOException("disk"))).isFalse();
        }
    }

    @Test
    void partsTellHowTheyArePacked() throws DamagedException {
        assertThat(Codec.of("a.copy.gz")).isEqualTo(Codec.GZIP);
        assertThat(Codec.of("a.copy.zst")).isEqualTo(Codec.ZSTD);
        assertThatThrownBy(() -> Codec.of("a.copy"))
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining("a.copy");
        // It is on the test's class path.
        assertThat(Codec.best()).isEqualTo(Codec.ZSTD);
    }
}
