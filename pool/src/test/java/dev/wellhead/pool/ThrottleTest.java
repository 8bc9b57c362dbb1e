package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThrottleTest {
    @Test
    void letsOneLinePassInAWhileAndCountsTheRest() {
        Throttle throttle = new Throttle(10, Long.MAX_VALUE - 5);

        assertThat(throttle.admit(Long.MAX_VALUE - 5)).isZero();
        assertThat(throttle.admit(Long.MAX_VALUE)).isEqualTo(Throttle.HELD_BACK);
        assertThat(throttle.admit(Long.MIN_VALUE + 3)).isEqualTo(Throttle.HELD_BACK);
        assertThat(throttle.admit(Long.MIN_VALUE + 4)).isEqualTo(2);
        assertThat(throttle.admit(Long.MIN_VALUE + 14)).isZero();
    }
}
