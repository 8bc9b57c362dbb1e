package dev.wellhead.benchmarks;

import java.util.List;

/**
 * A goal and what the rounds say about it.
 *
 * @param goal what was to be reached
 * @param values the goal's figure in each round
 * @param median of these values
 * @param verdict whether it was reached
 */
record Judgement(Goal goal, List<Double> values, double median, Verdict verdict) {
    /** Returns the goal's id with the JDK that it was measured on, for example {@code startup.pool.ms@17}. */
    String id(Jdk jdk) {
        return goal.id() + "@" + jdk.feature();
    }

    /** Returns the line that ends a run. */
    String line(Jdk jdk) {
        return String.join(
                " ",
                "goal",
                id(jdk),
                Numbers.shown(median),
                goal.comparison().toString(),
                Numbers.shown(goal.target()),
                verdict.toString());
    }
}
