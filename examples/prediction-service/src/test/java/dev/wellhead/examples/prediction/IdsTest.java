package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class IdsTest {
    @Property
    void idsSortByTimeAndAreOfVersionSeven(
            @ForAll @LongRange(min = 0, max = 4_000_000_000_000L) long millis,
            @ForAll @LongRange(min = 1, max = 1_000_000_000L) long later) {
        String first = at(millis).next();
        String second = at(millis + later).next();

        assertThat(first).isLessThan(second);
        assertThat(UUID.fromString(first).version()).isEqualTo(7);
        assertThat(UUID.fromString(first).variant()).isEqualTo(2);
    }

    private static Ids at(long millis) {
        return new Ids(Clock.fixed(Instant.ofEpochMilli(millis), ZoneOffset.UTC));
    }
}
