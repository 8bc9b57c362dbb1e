package dev.wellhead.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant: nothing comes out but what went in, under the same id, name and key; all else is told as damage. */
class ChunkCipherTest {
    private static final int CHUNK = 1 << 20;
    private static final Keys KEYS = keys("b", Map.of("a", key(1), "b", key(2)));

    private static byte[] key(int seed) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) seed);
        return key;
    }

    private static Keys keys(String active, Map<String, byte[]> keys) {
        return new Keys() {
            @Override
            public String active() {
                return active;
            }

            @Override
            public byte @Nullable [] key(String name) {
                return keys.get(name);
            }
        };
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    private static byte[] encrypted(Keys keys, byte[] content) throws IOException {
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        try (OutputStream out = ChunkCipher.encrypting(keys, "id", "part", to)) {
            out.write(content, 0, content.length / 3);
            out.write(content, content.length / 3, content.length - content.length / 3);
        }
        return to.toByteArray();
    }

    private static byte[] decrypted(byte[] sealed) throws IOException {
        return decrypted(KEYS, "id", "part", sealed);
    }

    private static byte[] decrypted(Keys keys, String id, String part, byte[] sealed) throws IOException {
        return ChunkCipher.decrypting(keys, id, part, new ByteArrayInputStream(sealed))
                .readAllBytes();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK})
    void whatWentInComesOut(int length) throws IOException {
        byte[] content = content(length);

        assertThat(decrypted(encrypted(KEYS, content))).isEqualTo(content);
    }

    @Test
    void sameContentIsNeverEncryptedAlike() throws IOException {
        byte[] content = content(100);

        byte[] one = encrypted(KEYS, content);
        byte[] other = encrypted(KEYS, content);

        assertThat(Arrays.copyOfRange(one, one.length - 100, one.length))
                .isNotEqualTo(Arrays.copyOfRange(other, other.length - 100, other.length));
    }

    @Test
    void everyChangedByteIsFound() throws IOException {
        byte[] sealed = encrypted(KEYS, content(300));
        for (int at = 0; at < sealed.length; at++) {
            byte[] changed = sealed.clone();
            changed[at] ^= 1;
            int where = at;
            assertThatThrownBy(() -> decrypted(changed))
                    .as("byte %s", where)
                    .isInstanceOfAny(DamagedException.class, MissingKeyException.class);
        }
    }

    @Test
    void everyCutAndEveryAdditionIsFound() throws IOException {
        byte[] sealed = encrypted(KEYS, content(300));
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> decrypted(cut)).isInstanceOf(DamagedException.class);
        }
        assertThatThrownBy(() -> decrypted(Arrays.copyOf(sealed, sealed.length + 1)))
                .isInstanceOf(DamagedException.class);
    }

    @Test
    void chunksThatAreLeftOutSwappedOrDoubledAreFound() throws IOException {
        byte[] sealed = encrypted(KEYS, content(2 * CHUNK + 100));
        int whole = 1 + 4 + CHUNK + 16;
        int rest = 1 + 4 + 100 + 16;
        int head = sealed.length - 2 * whole - rest;
        byte[] begin = Arrays.copyOf(sealed, head);
        byte[] first = Arrays.copyOfRange(sealed, head, head + whole);
        byte[] second = Arrays.copyOfRange(sealed, head + whole, head + 2 * whole);
        byte[] last = Arrays.copyOfRange(sealed, sealed.length - rest, sealed.length);

        assertThat(decrypted(joined(begin, first, second, last))).hasSize(2 * CHUNK + 100);
        for (byte[] wrong : new byte[][] {
            joined(begin, first, last),
            joined(begin, second, last),
            joined(begin, second, first, last),
            joined(begin, first, first, second, last),
            joined(begin, first, second, last, last),
            joined(begin, first, second),
            joined(begin, last)
        }) {
            assertThatThrownBy(() -> decrypted(wrong)).isInstanceOf(DamagedException.class);
        }
    }

    private static byte[] joined(byte[]... pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    @Test
    void fileOfAnotherBackupNameOrKeyIsFound() throws IOException {
        byte[] sealed = encrypted(KEYS, content(10));

        assertThatThrownBy(() -> decrypted(KEYS, "other", "part", sealed)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> decrypted(KEYS, "id", "other", sealed)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> decrypted(keys("b", Map.of("b", key(3))), "id", "part", sealed))
                .isInstanceOf(DamagedException.class);
    }

    @Test
    void olderKeysAreStillReadAndMissingOnesNamed() throws IOException {
        byte[] sealed = encrypted(keys("a", Map.of("a", key(1))), content(10));

        assertThat(decrypted(sealed)).isEqualTo(content(10));
        assertThatThrownBy(() -> decrypted(keys("b", Map.of("b", key(2))), "id", "part", sealed))
                .isInstanceOf(MissingKeyException.class)
                .hasMessageContaining("part of backup id")
                .hasMessageContaining("key 'a'");
    }

    @Test
    void whatIsNotEncryptedIsNotRead() {
        assertThatThrownBy(() -> decrypted("{\"wellhead\":\"backup-manifest\"}".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining("is not encrypted");
    }
}
