package dev.wellhead.pool;

/** For {@link SlotsInterleavingTest}, which loads it by {@link InterleavingLoader}. */
final class SteppedHandOff extends HandOffCrossingContract {
    SteppedHandOff(int bound) {
        super(new SteppedCrossing(bound));
    }
}
