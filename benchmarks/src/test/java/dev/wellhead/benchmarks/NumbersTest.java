package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "0.00001, 0",
        "0.0126, 0.013",
        "-1.5, -1.5",
        "12.3456, 12.35",
        "100, 100",
        "1234567, 1235000",
        "1e-300, 0",
        "99.999, 100",
    })
    void numberHasFourDigitsAndThreeDecimalsAtMost(double value, String shown) {
        assertThat(Numbers.shown(value)).isEqualTo(shown);
    }
}
