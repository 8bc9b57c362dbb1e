package dev.wellhead.cache;

import java.util.function.DoubleSupplier;

/**
 * Whether a read should refresh a value before it expires: if {@code -cost * beta * ln(U) >= remaining} with U uniform in
 * (0, 1], drawn anew for each read (XFetch). The refresh then begins, on average, {@code cost * beta} times a logarithm of
 * the rate of reads before the end, and with {@code beta = 1} about 2.7 reads in the whole fleet volunteer for it.
 */
final class EarlyExpiry {
    // -ln of the smallest U that 53 bits can draw is 36.74: beyond that no draw can say yes, and none is made.
    private static final double LARGEST_EXPONENT = 37;

    private final double beta;
    private final DoubleSupplier uniform;

    /** @param uniform draws from [0, 1), as {@code Random.nextDouble} does; thread-safe */
    EarlyExpiry(double beta, DoubleSupplier uniform) {
        this.beta = beta;
        this.uniform = uniform;
    }

    /**
     * Draws for one read. All durations share a unit.
     *
     * @param remaining until the value expires
     * @param cost what loading it took
     * @param life what it had in all: nothing is refreshed in the first half
     */
    boolean volunteers(long remaining, long cost, long life) {
        if (remaining > life / 2) {
            return false;
        }
        double mean = beta * cost;
        if (remaining > LARGEST_EXPONENT * mean) {
            return false;
        }
        return -mean * Math.log(1 - uniform.getAsDouble()) >= remaining;
    }
}
