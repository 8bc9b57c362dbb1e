package dev.wellhead.benchmarks.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class FairnessTest {
    @Test
    void equalSharesAreFair() {
        assertThat(Fairness.jain(List.of(7L, 7L, 7L))).isEqualTo(1);
        assertThat(Fairness.jain(List.of(0L, 0L))).isEqualTo(1);
    }

    @Test
    void oneThatHasAllIsOneInAsManyAsThereAre() {
        assertThat(Fairness.jain(List.of(0L, 9L, 0L, 0L))).isEqualTo(0.25);
    }

    @Test
    void unequalSharesLieBetween() {
        // (1 + 3)^2 / (2 * (1 + 9))
        assertThat(Fairness.jain(List.of(1L, 3L))).isCloseTo(0.8, within(1e-12));
    }
}
