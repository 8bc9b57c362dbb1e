package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StartupSetTest {
    @Test
    void everythingIsBuiltInAFreshJvmAndGoalsFindTheirFigures() throws Exception {
        for (Scenario scenario : new StartupSet().open()) {
            List<Round> rounds = new Rounds(Jdk.current(), Effort.QUICK, 1).run(scenario.contenders(), () -> {});

            Map<String, Map<String, Double>> metrics = rounds.get(0).metrics();
            metrics.forEach((contender, figures) -> assertThat(figures)
                    .as(contender)
                    .containsOnlyKeys(StartupSet.MILLIS, StartupSet.CLASSES, StartupSet.JVM_CLASSES));
            // Whatever is judged loads its own classes, and they were not loaded before; time may drown in noise, and
            // so may what is ours beside Lettuce, which goes on loading on its own threads.
            scenario.goals().stream()
                    .filter(goal -> goal.unit().equals(StartupSet.CLASSES))
                    .filter(goal -> !scenario.name().equals("redis"))
                    .forEach(goal -> assertThat(goal.figure().in(rounds.get(0)))
                            .as(goal.id())
                            .isGreaterThan(20));
            assertThat(scenario.goals())
                    .allSatisfy(goal -> assertThat(goal.judge(rounds).values()).hasSize(1));
        }
    }

    @Test
    void fullEffortIsEvidence() {
        for (BenchmarkSet set : BenchmarkSets.all()) {
            assertThat(set.rounds(Effort.FULL)).as(set.name()).isGreaterThanOrEqualTo(5);
        }
    }
}
