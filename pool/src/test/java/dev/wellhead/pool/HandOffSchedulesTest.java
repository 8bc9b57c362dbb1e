package dev.wellhead.pool;

import org.junit.jupiter.api.Tag;

@Tag("thorough")
class HandOffSchedulesTest extends HandOffCrossingContract {
    HandOffSchedulesTest() {
        super(new ModelledCrossing(5000));
    }
}
