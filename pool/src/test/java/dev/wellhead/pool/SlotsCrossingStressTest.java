package dev.wellhead.pool;

class SlotsCrossingStressTest extends SlotsCrossingContract {
    SlotsCrossingStressTest() {
        super(new RealCrossing(5000));
    }
}
