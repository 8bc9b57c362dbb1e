package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RowSumTest {
    private static TableFingerprint of(String... rows) {
        RowSum sum = new RowSum();
        for (String row : rows) {
            byte[] bytes = ("  " + row + " ").getBytes(StandardCharsets.UTF_8);
            sum.add(bytes, 2, bytes.length - 3);
        }
        return sum.total();
    }

    @Test
    void orderDoesNotCount() {
        assertThat(of("a", "b", "c")).isEqualTo(of("c", "a", "b"));
    }

    @Test
    void whatIsMissingChangedOrThereTwiceCounts() {
        assertThat(of("a", "b").rows()).isEqualTo(2);
        assertThat(of("a", "b"))
                .isNotEqualTo(of("a"))
                .isNotEqualTo(of("a", "c"))
                .isNotEqualTo(of("a", "b", "b"))
                .isNotEqualTo(of("ab", ""));
        assertThat(of("a", "a").hash()).isNotEqualTo(of("b", "b").hash()).isNotEqualTo(of().hash());
    }
}
