package dev.wellhead.pool;

class HandOffCrossingStressTest extends HandOffCrossingContract {
    HandOffCrossingStressTest() {
        super(new RealCrossing(10_000));
    }
}
