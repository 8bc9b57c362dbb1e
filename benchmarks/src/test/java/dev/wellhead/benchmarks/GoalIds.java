package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** What holds for the goals of every set. */
final class GoalIds {
    private GoalIds() {}

    /** Each scenario has goals, and each goal an id of its own that begins with its set and its scenario. */
    static void arePlainIn(String set, List<Scenario> scenarios) {
        assertThat(scenarios)
                .flatExtracting(Scenario::goals)
                .extracting(Goal::id)
                .doesNotHaveDuplicates();
        assertThat(scenarios)
                .allSatisfy(scenario -> assertThat(scenario.goals())
                        .isNotEmpty()
                        .allMatch(goal -> goal.id().startsWith(set + "." + scenario.name() + ".")));
    }
}
