package dev.wellhead.benchmarks.pool;

import java.util.List;

/** How evenly something was shared out. */
final class Fairness {
    private Fairness() {}

    /** Returns Jain's index: 1 if all have the same, 1/n if one has everything; 1 if nobody has anything. */
    static double jain(List<Long> shares) {
        double sum = 0;
        double squares = 0;
        for (long share : shares) {
            sum += share;
            squares += (double) share * share;
        }
        return squares == 0 ? 1 : sum * sum / (shares.size() * squares);
    }
}
