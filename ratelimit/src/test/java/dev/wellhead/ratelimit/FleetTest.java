package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three processes of 64 threads each lean on one key: the fleet gets what the law allows, and hardly less. */
class FleetTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PROCESSES = 3;

    @Test
    void fleetGetsWhatTheLawAllows() {
        assertThat(admitted(false, 3)).isBetween(0.9, 1.0);
    }

    @Test
    void fleetThatTakesPermitsAheadGetsNoMore() {
        assertThat(admitted(true, 3)).isBetween(0.7, 1.0);
    }

    @Tag("thorough")
    @Test
    void fleetGetsWhatTheLawAllowsForTwentySeconds() {
        assertThat(admitted(false, 20)).isBetween(0.98, 1.0);
    }

    @Tag("thorough")
    @Test
    void fleetThatTakesPermitsAheadGetsNoMoreInTwentySeconds() {
        assertThat(admitted(true, 20)).isBetween(0.9, 1.0);
    }

    /** Returns how much of what the law allows was given. */
    private static double admitted(boolean leased, int seconds) {
        String namespace = "fleet" + UUID.randomUUID();
        List<ChildJvm> nodes = IntStream.range(0, PROCESSES)
                .mapToObj(node -> ChildJvm.start(
                        FleetNode.class,
                        RedisServer.shared().uri(),
                        namespace,
                        Boolean.toString(leased),
                        Integer.toString(PROCESSES),
                        Integer.toString(seconds)))
                .toList();
        try {
            long allowed = 0;
            long began = Long.MAX_VALUE;
            long ended = Long.MIN_VALUE;
            for (ChildJvm node : nodes) {
                String[] told = node.awaitLine("allowed ", PATIENCE).split(" ");
                allowed += Long.parseLong(told[1]);
                // Of one machine, the processes share the clock.
                began = Math.min(began, Long.parseLong(told[2]));
                ended = Math.max(ended, Long.parseLong(told[3]));
                assertThat(told[4]).as("decided without Redis").isEqualTo("0");
            }
            // The law is that of the limit before it was leased.
            Limit limit = FleetNode.limit(false);
            return allowed / (limit.burst() + limit.permits() * (ended - began) / 1e9);
        } finally {
            nodes.forEach(ChildJvm::close);
        }
    }
}
