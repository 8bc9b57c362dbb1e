package dev.wellhead.pool;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** A pool to build and what to do with it, one step after the other. */
record ModelPlan(Shape shape, List<Step> steps) {
    /**
     * How the pool is built.
     *
     * @param divided whether it has two shares
     * @param longLoans whether each loan takes a millisecond at least, so that nobody may overtake
     */
    record Shape(
            int maxSize,
            int minIdle,
            int maxWaiters,
            int parallelConnects,
            boolean divided,
            boolean reclaiming,
            boolean primaryRequired,
            boolean longLoans) {}

    /**
     * One step.
     *
     * @param choice which of several it concerns, or how far it goes
     */
    record Step(ModelAction action, int choice) {}

    private static final int FEWEST_STEPS = 50;
    private static final int MOST_STEPS = 120;

    static Arbitrary<ModelPlan> any() {
        Arbitrary<Step> step = Combinators.combine(
                        ModelAction.any(), Arbitraries.integers().between(0, 999))
                .as(Step::new);
        return Combinators.combine(shapes(), step.list().ofMinSize(FEWEST_STEPS).ofMaxSize(MOST_STEPS))
                .as(ModelPlan::new);
    }

    private static Arbitrary<Shape> shapes() {
        Arbitrary<Boolean> either = Arbitraries.of(false, true);
        return Arbitraries.integers()
                .between(1, 4)
                .flatMap(maxSize -> Combinators.combine(
                                Arbitraries.integers().between(0, maxSize),
                                Arbitraries.integers().between(1, 5),
                                Arbitraries.integers().between(1, maxSize),
                                either,
                                either,
                                either,
                                either)
                        .as((minIdle, maxWaiters, parallel, divided, reclaiming, primary, longLoans) -> new Shape(
                                maxSize, minIdle, maxWaiters, parallel, divided, reclaiming, primary, longLoans)));
    }
}
