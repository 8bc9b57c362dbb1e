package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    /** Each scenario has goals, and each goal looks at contenders of its scenario only. */
    static void areOfContendersIn(List<Scenario> scenarios) {
        for (Scenario scenario : scenarios) {
            List<String> known =
                    scenario.contenders().stream().map(Contender::name).toList();

            scenario.goals()
                    .forEach(
                            goal -> assertThat(contendersOf(goal)).as(goal.id()).isSubsetOf(known));

            assertThat(scenario.goals()).isNotEmpty();
        }
    }

    /** Finds out by noting whom it asks for. */
    private static Set<String> contendersOf(Goal goal) {
        Set<String> asked = new LinkedHashSet<>();
        Map<String, Map<String, Double>> anything = new HashMap<>() {
            @Override
            public Map<String, Double> getOrDefault(Object contender, Map<String, Double> none) {
                asked.add((String) contender);
                return new HashMap<>() {
                    @Override
                    public Double get(Object metric) {
                        return 1.0;
                    }
                };
            }
        };
        assertThat(goal.figure().in(new Round(anything))).isFinite();
        return asked;
    }
}
