package dev.wellhead.pool;

class HandOffCrossingTest extends HandOffCrossingContract {
    HandOffCrossingTest() {
        super(new ModelledCrossing(200));
    }
}
