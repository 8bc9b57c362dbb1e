package dev.wellhead.benchmarks.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.benchmarks.program.Latencies;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class InTurnTest {
    private static List<Long> holds(int count, long each) {
        return new ArrayList<>(Collections.nCopies(count, each));
    }

    @Test
    void evenHoldsMakeEverybodyWaitForAllOthers() {
        Latencies waits = InTurn.waits(holds(1_000, 100), 64, 8);

        assertThat(waits.count()).isEqualTo(1_000 - 64);
        assertThat(waits.percentileNanos(0.001)).isEqualTo(700);
        assertThat(waits.mostNanos()).isEqualTo(700);
    }

    @Test
    void aLongHoldDelaysThoseBehindItByItsShareOfTheConnections() {
        List<Long> holds = holds(1_000, 100);
        holds.set(500, 10_000L);

        Latencies waits = InTurn.waits(holds, 64, 8);

        // Seven connections serve 56 others, until the eighth is back.
        assertThat((double) waits.mostNanos()).isBetween(790.0, 910.0);
        assertThat(waits.percentileNanos(0.5)).isGreaterThan(700);
    }

    @Test
    void holdsStandInTheOrderOfTheirBeginnings() {
        assertThat(InTurn.inOrder(List.of(new long[] {30, 3}, new long[] {10, 1}, new long[] {20, 2})))
                .containsExactly(1L, 2L, 3L);
    }
}
