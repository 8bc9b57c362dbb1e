package dev.wellhead.pool;

/** For {@link SlotsInterleavingTest}, which loads it by {@link InterleavingLoader}. */
final class SteppedSlots extends SlotsCrossingContract {
    SteppedSlots(int bound) {
        super(new SteppedCrossing(bound));
    }
}
