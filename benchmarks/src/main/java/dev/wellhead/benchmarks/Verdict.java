package dev.wellhead.benchmarks;

import java.util.List;
import java.util.Locale;

/** Whether a goal was reached. */
enum Verdict {
    /** All rounds reached it, but for one in five at most. */
    MET,
    /** No round reached it, but for one in five at most. */
    MISSED,
    /** The rounds straddle the target: this machine cannot tell. */
    TIE;

    private static final int ROUNDS_PER_OUTLIER = 5;

    /**
     * Judges the values of all rounds. Met or missed, if they lie on the side of their median, but for outliers: one is let
     * pass in 5 to 9 rounds, two in 10 to 14, and so on; none in fewer than 5. Otherwise it is a tie.
     */
    static Verdict of(Comparison comparison, double target, List<Double> values) {
        if (values.isEmpty() || values.stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new IllegalArgumentException("needs finite values, one at least, got " + values);
        }
        // Up to a fifth of outliers leave the median where the others lie, so it need not be looked at.
        long outliers = values.size() / ROUNDS_PER_OUTLIER;
        long reached =
                values.stream().filter(value -> comparison.holds(value, target)).count();
        if (values.size() - reached <= outliers) {
            return MET;
        }
        return reached <= outliers ? MISSED : TIE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
