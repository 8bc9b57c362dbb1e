package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    private static final List<Double> HUNDRED =
            DoubleStream.iterate(100, each -> each - 1).limit(100).boxed().toList();

    @Test
    void shareIsAValueThatSoManyDoNotExceed() {
        assertThat(Percentiles.of(HUNDRED, 0.5)).isEqualTo(50);
        assertThat(Percentiles.of(HUNDRED, 0.99)).isEqualTo(99);
        assertThat(Percentiles.of(HUNDRED, 1)).isEqualTo(100);
        assertThat(Percentiles.of(HUNDRED, 0.001)).isEqualTo(1);
        assertThat(Percentiles.of(List.of(7.0), 0.5)).isEqualTo(7);
    }

    @Test
    void nothingHasNoShareAndNoShareIsRefused() {
        assertThatThrownBy(() -> Percentiles.of(List.of(), 0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("share 0.5 of 0 values");
        assertThatThrownBy(() -> Percentiles.of(HUNDRED, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Percentiles.of(HUNDRED, 1.01)).isInstanceOf(IllegalArgumentException.class);
    }
}
