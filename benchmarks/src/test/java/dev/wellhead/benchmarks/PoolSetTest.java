package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.benchmarks.pool.SpikeProgram;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolSetTest {
    private final List<Scenario> scenarios = new PoolSet().open();

    @Test
    void everyGoalHasAnIdOfItsOwnThatBeginsWithItsScenario() {
        GoalIds.arePlainIn("pool", scenarios);
    }

    @Test
    void virtualThreadsAreAskedForWhereThereAreAny() {
        assertThat(scenarios)
                .filteredOn(scenario -> !scenario.runsOn(new Jdk(Jdk.current().home(), "17.0.1", "Someone")))
                .extracting(Scenario::name)
                .containsExactly("virtual");
        assertThat(scenarios)
                .allMatch(scenario -> scenario.runsOn(new Jdk(Jdk.current().home(), "21", "Someone")));
    }

    /** A program in a JVM of its own, end to end: the fewest connects for short queries, by ours and by a peer that opens all. */
    @Test
    void spikeOfShortQueriesIsMeasured() throws Exception {
        List<Contender> contenders = scenario("spike-short").contenders().stream()
                .filter(contender -> List.of("wellhead", "Vibur").contains(contender.name()))
                .toList();

        for (Contender contender : contenders) {
            Map<String, Double> metrics = contender.measurement().measure(Jdk.current(), Effort.QUICK);

            assertThat(metrics.keySet()).containsExactlyElementsOf(SpikeProgram.METRICS);
            assertThat(metrics.get(SpikeProgram.FAILED)).isZero();
            assertThat(metrics.get(SpikeProgram.P99)).isPositive();
            assertThat(metrics.get(SpikeProgram.OPENED)).isBetween(0.0, 45.0);
        }
        assertThat(contenders).hasSize(2);
    }

    private Scenario scenario(String name) {
        return scenarios.stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
