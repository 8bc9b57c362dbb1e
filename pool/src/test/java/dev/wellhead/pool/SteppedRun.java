package dev.wellhead.pool;

import java.lang.reflect.InvocationTargetException;
import java.util.function.BiConsumer;

/** Runs a crossing of one of the contracts by its name. Loaded by {@link InterleavingLoader}, and public for its caller. */
public final class SteppedRun implements BiConsumer<String, Integer> {
    private static final class HandOff extends HandOffCrossingContract {
        HandOff(int bound) {
            super(new SteppedCrossing(bound));
        }
    }

    private static final class Pool extends SlotsCrossingContract {
        Pool(int bound) {
            super(new SteppedCrossing(bound));
        }
    }

    @Override
    public void accept(String crossing, Integer bound) {
        int dot = crossing.indexOf('.');
        boolean handOff = crossing.startsWith(HandOffCrossingContract.class.getSimpleName());
        Object contract = handOff ? new HandOff(bound) : new Pool(bound);
        try {
            contract.getClass()
                    .getSuperclass()
                    .getDeclaredMethod(crossing.substring(dot + 1))
                    .invoke(contract);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new AssertionError(e.getCause());
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
