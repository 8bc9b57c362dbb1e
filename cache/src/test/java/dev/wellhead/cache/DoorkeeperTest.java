package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class DoorkeeperTest {
    @Test
    void knowsWhoCameBeforeAndSeldomTakesOneForAnother() {
        Doorkeeper doorkeeper = new Doorkeeper(1_000);
        int mistaken = 0;
        for (int key = 0; key < 900; key++) {
            mistaken += doorkeeper.knows("key-" + key) ? 1 : 0;
        }
        for (int key = 0; key < 900; key++) {
            assertThat(doorkeeper.knows("key-" + key)).isTrue();
        }

        assertThat(mistaken).isLessThan(180);
    }

    @Test
    void forgetsAfterAsManyKeysAsTheTierHasRoomFor() {
        Doorkeeper doorkeeper = new Doorkeeper(1_000);
        doorkeeper.knows("once");
        int known = 0;
        for (int round = 0; round < 20; round++) {
            for (int key = 0; key < 2_000; key++) {
                doorkeeper.knows("round-" + round + "-" + key
                        + ThreadLocalRandom.current().nextInt());
            }
            known += doorkeeper.knows("once") ? 1 : 0;
        }

        assertThat(known).isLessThan(10);
    }

    @Test
    void anySizeWorks() {
        for (long size : new long[] {1, 7, 8, 100, 1L << 31, Long.MAX_VALUE}) {
            Doorkeeper doorkeeper = new Doorkeeper(size);
            assertThat(doorkeeper.knows("k")).isFalse();
            assertThat(doorkeeper.knows("k")).isTrue();
        }
    }
}
