package dev.wellhead.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HealthTest {
    @Test
    void worseOfTwoIsTheOneFurtherFromUp() {
        Health up = Health.up("fine");
        Health degraded = Health.degraded("slow");
        Health down = Health.down("gone");

        assertThat(up.worse(degraded)).isSameAs(degraded);
        assertThat(down.worse(degraded)).isSameAs(down);
        assertThat(up.worse(Health.up("also fine"))).isSameAs(up);
    }
}
