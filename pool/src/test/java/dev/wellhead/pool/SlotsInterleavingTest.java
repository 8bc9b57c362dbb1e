package dev.wellhead.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
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
        return crossings(HandOffCrossingContract.class, SteppedHandOff.class, BOUND);
    }

    @TestFactory
    Stream<DynamicTest> borrowersMeetThePoolAtEveryStep() {
        return crossings(SlotsCrossingContract.class, SteppedSlots.class, BOUND);
    }

    @Tag("thorough")
    @TestFactory
    Stream<DynamicTest> allMeetAtEveryPairOfSteps() {
        return Stream.concat(
                crossings(HandOffCrossingContract.class, SteppedHandOff.class, ALL),
                crossings(SlotsCrossingContract.class, SteppedSlots.class, ALL));
    }

    private static Stream<DynamicTest> crossings(Class<?> contract, Class<?> stepped, int bound) {
        InterleavingLoader loader = new InterleavingLoader();
        return Arrays.stream(contract.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName)
                .sorted()
                .map(name -> DynamicTest.dynamicTest(name, () -> run(loader, stepped.getName(), name, bound)));
    }

    private static void run(InterleavingLoader loader, String stepped, String name, int bound) throws Throwable {
        // The type is that of another loader, in whose package we are not.
        Class<?> type = loader.loadClass(stepped);
        MethodHandles.Lookup inside = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        Object crossing = inside.findConstructor(type, MethodType.methodType(void.class, int.class))
                .invoke(bound);
        inside.findVirtual(type, name, MethodType.methodType(void.class)).invoke(crossing);
    }
}
