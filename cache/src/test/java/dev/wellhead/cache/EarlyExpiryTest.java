package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The law of early expiry: its exact results for Poisson reads, against simulations of the class itself. */
class EarlyExpiryTest {
    private static final double SECOND = 1e9;
    private static final long FOR_EVER = Long.MAX_VALUE;
    // The formulas are exact; a simulation of so many trials misses them by more once in 16,000 times.
    private static final double STANDARD_ERRORS = 4;

    @ParameterizedTest
    @CsvSource({
        "1, 0.1, 0.5", "10, 0.1, 0.5", "100, 0.1, 0.5", "1000, 0.1, 0.5",
        "1, 0.1, 1", "10, 0.1, 1", "100, 0.1, 1", "1000, 0.1, 1",
        "1, 0.1, 2", "10, 0.1, 2", "100, 0.1, 2", "1000, 0.1, 2",
        "1, 1, 0.5", "10, 1, 0.5", "100, 1, 0.5", "1000, 1, 0.5",
        "1, 1, 1", "10, 1, 1", "100, 1, 1", "1000, 1, 1",
        "1, 1, 2", "10, 1, 2", "100, 1, 2", "1000, 1, 2",
    })
    void readsVolunteerAsOftenAndAsEarlyAsTheFormulasSay(double rate, double cost, double beta) {
        new Law(rate, cost, beta).holds(1_500_000);
    }

    @Tag("thorough")
    @ParameterizedTest
    @CsvSource({"10, 0.1, 1", "1000, 0.1, 1", "100, 1, 0.5", "1000, 1, 1", "10, 1, 2", "1000, 1, 2"})
    void formulasHoldInLongSimulations(double rate, double cost, double beta) {
        new Law(rate, cost, beta).holds(100_000_000);
    }

    @Test
    void nothingIsDrawnWhereNoDrawCouldSayYes() {
        EarlyExpiry early = new EarlyExpiry(1, () -> {
            throw new AssertionError("drawn");
        });

        assertThat(early.volunteers(3701, 100, FOR_EVER)).isFalse();
        assertThatThrownBy(() -> early.volunteers(3699, 100, FOR_EVER)).hasMessage("drawn");
        // The smallest U of 53 bits is the largest exponent there is.
        assertThat(-Math.log(1 - (1 - 0x1p-53))).isBetween(36.0, 37.0);
    }

    @Test
    void nothingIsRefreshedInTheFirstHalfOfItsLife() {
        EarlyExpiry eager = new EarlyExpiry(100, () -> 0.999);

        assertThat(eager.volunteers(501, 1000, 1000)).isFalse();
        assertThat(eager.volunteers(500, 1000, 1000)).isTrue();
    }

    @Test
    void valueOfUnknownCostIsNotRefreshedBeforeItsEnd() {
        EarlyExpiry early = new EarlyExpiry(1, () -> 0.999999);

        assertThat(early.volunteers(1, 0, FOR_EVER)).isFalse();
        assertThat(early.volunteers(0, 0, FOR_EVER)).isTrue();
    }

    @Test
    void drawOfZeroIsNoLogarithmOfZero() {
        assertThat(new EarlyExpiry(1, () -> 0).volunteers(1, 1000, FOR_EVER)).isFalse();
    }

    /** Reads at a rate (per second), of a value that costs so much (seconds). */
    private record Law(double rate, double cost, double beta) {
        private double reads() {
            return rate * beta * cost;
        }

        void holds(long draws) {
            // Before this, a read volunteers less than once in 100,000 runs.
            double from = beta * cost * (Math.log(Math.max(1, reads())) + 12);
            int trials = (int) Math.max(300, Math.min(20_000, draws / (from * rate)));
            SplittableRandom random = new SplittableRandom(Double.hashCode(rate + 7 * cost + 31 * beta));
            EarlyExpiry early = new EarlyExpiry(beta, random::nextDouble);
            int misses = 0;
            Sample gaps = new Sample();
            Sample sizes = new Sample();
            for (int trial = 0; trial < trials; trial++) {
                double left = from;
                do {
                    left -= gapToNextRead(random);
                } while (left > 0 && !volunteers(early, left));
                misses += left <= 0 ? 1 : 0;
                gaps.add(Math.max(0, left));
                sizes.add(stampede(early, random, left));
            }

            double miss = Math.exp(-reads());
            assertThat((double) misses / trials)
                    .as("share of runs in which a caller meets an expired value, of %d", trials)
                    .isCloseTo(miss, within(STANDARD_ERRORS * Math.sqrt(miss * (1 - miss) / trials) + 1.5 / trials));
            assertThat(gaps.mean())
                    .as("seconds before the end, in %d runs", trials)
                    .isCloseTo(meanGap(), within(STANDARD_ERRORS * gaps.standardError() + 1e-6));
            assertThat(sizes.mean())
                    .as("volunteers while the first one loads, in %d runs", trials)
                    .isCloseTo(meanStampede(), within(STANDARD_ERRORS * sizes.standardError() + 1e-6));
        }

        /** Counts who begins to load while the first one, who began with so much left, is loading. */
        private int stampede(EarlyExpiry early, SplittableRandom random, double first) {
            int size = 1;
            for (double left = first - gapToNextRead(random); left > first - cost; left -= gapToNextRead(random)) {
                size += left <= 0 || volunteers(early, left) ? 1 : 0;
            }
            return size;
        }

        private boolean volunteers(EarlyExpiry early, double left) {
            return early.volunteers((long) (left * SECOND), (long) (cost * SECOND), FOR_EVER);
        }

        private double gapToNextRead(SplittableRandom random) {
            return -Math.log(1 - random.nextDouble()) / rate;
        }

        /** beta * cost * Ein(a), with the entire exponential integral. */
        private double meanGap() {
            return beta * cost * integral(0, reads(), t -> t == 0 ? 1 : -Math.expm1(-t) / t);
        }

        private double meanStampede() {
            double a = reads();
            double c = a * Math.exp(-1 / beta);
            return 1
                    + (Math.exp(1 / beta) - 1) * integral(0, c, u -> u * Math.exp(-u))
                    + integral(c, a, u -> Math.exp(-u) * (a - u + rate * cost - a * Math.log(a / u)))
                    + rate * cost * Math.exp(-a);
        }

        /** By Simpson's rule; beyond 60 there is nothing that shows but in the mean gap, whose tail is smooth. */
        private static double integral(double from, double to, DoubleUnaryOperator function) {
            int steps = 200_000;
            double width = (to - from) / steps;
            double sum = function.applyAsDouble(from) + function.applyAsDouble(to);
            for (int i = 1; i < steps; i++) {
                sum += (i % 2 == 0 ? 2 : 4) * function.applyAsDouble(from + i * width);
            }
            return sum * width / 3;
        }
    }

    private static final class Sample {
        private int count;
        private double sum;
        private double squares;

        void add(double value) {
            count++;
            sum += value;
            squares += value * value;
        }

        double mean() {
            return sum / count;
        }

        double standardError() {
            double variance = Math.max(0, squares / count - mean() * mean());
            return Math.sqrt(variance / (count - 1));
        }
    }
}
