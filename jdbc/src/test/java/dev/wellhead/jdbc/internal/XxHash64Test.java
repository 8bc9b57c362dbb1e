package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XxHash64Test {
    // Published values of the reference implementation, with seed 0.
    @ParameterizedTest
    @CsvSource({
        "'', ef46db3751d8e999",
        "a, d24ec4f1a98c6e5b",
        "abc, 44bc2cf5ad770999",
        "Nobody inspects the spammish repetition, fbcea83c8a378bf1"
    })
    void hashesAreThoseOfTheReference(String text, String hash) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);

        assertThat(Long.toHexString(XxHash64.hash(bytes, 0, bytes.length))).isEqualTo(hash);
    }

    @Test
    void everyByteOfEveryLengthCountsAndNothingElse() {
        byte[] bytes = new byte[120];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 37);
        }
        for (int length = 0; length <= 100; length++) {
            long hash = XxHash64.hash(bytes, 7, length);
            assertThat(XxHash64.hash(Arrays.copyOfRange(bytes, 7, 7 + length), 0, length))
                    .isEqualTo(hash);
            Set<Long> others = new HashSet<>();
            for (int changed = 0; changed < length; changed++) {
                byte[] other = bytes.clone();
                other[7 + changed] ^= 1;
                others.add(XxHash64.hash(other, 7, length));
            }
            assertThat(others).hasSize(length).doesNotContain(hash);
        }
    }
}
