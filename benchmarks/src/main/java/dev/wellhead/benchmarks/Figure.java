package dev.wellhead.benchmarks;

/** What a goal looks at: one number out of each round. */
@FunctionalInterface
interface Figure {
    /** Returns the number in this round. */
    double in(Round round);

    /** Returns a metric as it was measured. */
    static Figure metric(String contender, String metric) {
        return round -> round.metric(contender, metric);
    }

    /** Returns how much of a metric a contender has over another, both measured in the same round. */
    static Figure over(String floor, String contender, String metric) {
        return round -> round.metric(contender, metric) - round.metric(floor, metric);
    }

    /** Returns a contender's metric as a multiple of a peer's in the same round. */
    static Figure ratio(String contender, String peer, String metric) {
        return round -> round.metric(contender, metric) / round.metric(peer, metric);
    }
}
