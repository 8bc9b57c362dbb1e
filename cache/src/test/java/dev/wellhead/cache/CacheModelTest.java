package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BiFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** The protocol under whatever order of steps, messages and faults a seed makes: see {@link CacheModel}. */
class CacheModelTest {
    private static final BiFunction<Long, int[], String> MODEL = SimulatedLoader.model(CacheModelTest.class);

    @Property(tries = 2000, generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE)
    void noOrderOfStepsAndFaultsBreaksThePromises(@ForAll("seeds") long seed, @ForAll("steps") int[] steps) {
        assertThat(MODEL.apply(seed, steps)).isNull();
    }

    @Tag("thorough")
    @Property(tries = 20_000, generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE)
    void noneOfManyMoreDoes(@ForAll("seeds") long seed, @ForAll("steps") int[] steps) {
        assertThat(MODEL.apply(seed, steps)).isNull();
    }

    // The answer to a clear comes after that to a question which was asked later and answered earlier.
    @Example
    void nodeThatClearedNeverGoesOnInTheGenerationThatItLeft() {
        int[] steps = {
            45, 0, 65659, 65, 6317, 157157, 633, 1422, 4304043, 1971, 5017703, 3, 149, 12, 955997, 386, 46189, 5342881,
            17903, 229598, 4, 13, 383876, 17667
        };

        assertThat(MODEL.apply(217787L, steps)).isNull();
    }

    @Property(tries = 20, generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE)
    void equalSeedsAreEqualRuns(@ForAll("seeds") long seed, @ForAll("steps") int[] steps) {
        String first = MODEL.apply(-seed, steps);

        assertThat(MODEL.apply(-seed, steps)).isEqualTo(first).isNotNull();
    }

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs().between(1, Long.MAX_VALUE).withoutEdgeCases();
    }

    @Provide
    Arbitrary<int[]> steps() {
        return Arbitraries.integers()
                .between(0, Integer.MAX_VALUE)
                .withoutEdgeCases()
                .array(int[].class)
                .ofMinSize(5)
                .ofMaxSize(40);
    }
}
