package dev.wellhead.benchmarks;

import java.util.List;

/**
 * What we want to reach.
 *
 * @param id stable, between dots: set, scenario, what is judged
 * @param figure what is compared with the target
 * @param comparison which side of the target is good
 * @param target where good begins
 * @param unit of figure and target
 */
record Goal(String id, Figure figure, Comparison comparison, double target, String unit) {
    /** Returns what these rounds say about the goal. */
    Judgement judge(List<Round> rounds) {
        List<Double> values = rounds.stream().map(figure::in).toList();
        return new Judgement(this, values, Median.of(values), Verdict.of(comparison, target, values));
    }
}
