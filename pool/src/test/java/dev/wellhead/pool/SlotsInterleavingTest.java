package dev.wellhead.pool;

import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The crossings of the contracts at every step of the code: nothing is left to the luck of the processors. */
class SlotsInterleavingTest {
    private static final int BOUND = 1000;
    private static final int ALL = 20_000;

    @TestFactory
    Stream<DynamicTest> whoGivesBackMeetsWhoAsksAtEveryStep() {
        return crossings(HandOffCrossingContract.class, BOUND);
    }

    @TestFactory
    Stream<DynamicTest> borrowersMeetThePoolAtEveryStep() {
        return crossings(SlotsCrossingContract.class, BOUND);
    }

    @Tag("thorough")
    @TestFactory
    Stream<DynamicTest> allMeetAtEveryPairOfSteps() {
        return Stream.concat(
                crossings(HandOffCrossingContract.class, ALL), crossings(SlotsCrossingContract.class, ALL));
    }

    private static Stream<DynamicTest> crossings(Class<?> contract, int bound) {
        InterleavingLoader loader = new InterleavingLoader();
        return Arrays.stream(contract.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(method -> contract.getSimpleName() + "." + method.getName())
                .sorted()
                .map(name -> DynamicTest.dynamicTest(name, () -> stepped(loader).accept(name, bound)));
    }

    @SuppressWarnings("unchecked") // The class is ours, of another loader.
    private static BiConsumer<String, Integer> stepped(InterleavingLoader loader) throws ReflectiveOperationException {
        return (BiConsumer<String, Integer>)
                loader.loadClass(SteppedRun.class.getName()).getConstructor().newInstance();
    }
}
