package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class LifetimesTest {
    @Property(tries = 100)
    void valuesExpireWithinTheirJitterAndNeverLater(@ForAll double anything) {
        double jitter = Math.abs(anything % 1);
        long life = 1_000_000_000L;

        long shortened =
                new Lifetimes(life, OptionalLong.empty(), jitter).of("value").orElseThrow();

        assertThat(shortened).isBetween((long) (life * (1 - jitter)) - 1, life);
    }
}
