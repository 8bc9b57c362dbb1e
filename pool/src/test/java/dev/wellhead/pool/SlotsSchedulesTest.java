package dev.wellhead.pool;

import org.junit.jupiter.api.Tag;

@Tag("thorough")
class SlotsSchedulesTest extends SlotsCrossingContract {
    SlotsSchedulesTest() {
        super(new ModelledCrossing(500));
    }
}
