package dev.wellhead.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as people read them. */
final class Numbers {
    private static final MathContext FOUR_DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

    private Numbers() {}

    /** Returns four significant digits, three decimals at most, without trailing zeros and exponent. */
    static String shown(double value) {
        BigDecimal rounded = BigDecimal.valueOf(value).round(FOUR_DIGITS);
        if (rounded.scale() > 3) {
            rounded = rounded.setScale(3, RoundingMode.HALF_EVEN);
        }
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
