package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterProperty;

/**
 * Drives a pool one step at a time, with the workers' tasks run in any order the generator likes and steps taken in the
 * middle of the driver's calls, and checks the invariants of {@link ModelInvariants} after every step.
 */
class SlotsModelTest {
    private final Map<ModelAction, Integer> executed = new EnumMap<>(ModelAction.class);
    private boolean failed;

    @Provide
    Arbitrary<ModelPlan> plans() {
        return ModelPlan.any();
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void invariantsHoldAfterEveryStep(@ForAll("plans") ModelPlan plan) {
        play(plan);
    }

    @Tag("thorough")
    @Property(tries = 60_000, edgeCases = EdgeCasesMode.NONE)
    void invariantsHoldInTensOfThousandsOfRuns(@ForAll("plans") ModelPlan plan) {
        play(plan);
    }

    private void play(ModelPlan plan) {
        failed = true;
        ModelRun.of(plan, action -> executed.merge(action, 1, Integer::sum));
        failed = false;
    }

    /** A model proves nothing of what it seldom does. */
    @AfterProperty
    void everyActionIsExecutedOften() {
        if (failed) {
            return;
        }
        int all = executed.values().stream().mapToInt(Integer::intValue).sum();
        for (ModelAction action : ModelAction.values()) {
            assertThat(executed.getOrDefault(action, 0) * 100.0 / all)
                    .as("percentage of %s among %s: %s", action, all, executed)
                    .isGreaterThanOrEqualTo(1);
        }
    }
}
