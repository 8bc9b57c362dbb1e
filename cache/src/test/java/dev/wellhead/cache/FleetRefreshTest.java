package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Refreshes between nodes: early expiry chooses the moment, the lease makes it one load. */
class FleetRefreshTest {
    private final String name = "refresh-" + UUID.randomUUID();
    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    void leave() {
        nodes.forEach(Node::close);
    }

    private Node join(UnaryOperator<Cache.Builder<String, String>> options) {
        Node node = Node.join(RedisServer.shared(), name, options);
        nodes.add(node);
        return node;
    }

    private void expireIn(Node node, Duration left) {
        FarKeys keys = new FarKeys(name, 1);
        byte[] generation = node.redis.call(commands -> commands.get(keys.generation()));
        byte[] value = keys.value(
                new String(generation, StandardCharsets.UTF_8), new EncodedKey("k".getBytes(StandardCharsets.UTF_8)));
        FarAge.leave(node.redis, value, left);
    }

    @Test
    void volunteersOfFourNodesMakeOneLoadAndTheOthersTakeItsValue() throws Exception {
        // Near values leave at once, so that each read asks Redis.
        UnaryOperator<Cache.Builder<String, String>> eager =
                options -> options.nearExpireAfterWrite(Duration.ofMillis(1))
                        .nearExpireWhileAway(Duration.ofMillis(1))
                        .stampedeProtection(StampedeProtection.lease(), StampedeProtection.earlyExpiry(100));
        List<Node> fleet = List.of(join(eager), join(eager), join(eager), join(eager));
        AtomicInteger loads = new AtomicInteger();
        fleet.get(0).cache.get("k", key -> {
            loads.incrementAndGet();
            // Dear by the real clock, of which all nodes know.
            LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
            return "old";
        });
        expireIn(fleet.get(0), Duration.ofSeconds(15));
        Gate gate = new Gate();
        CacheLoader<String, String, InterruptedException> refreshing = key -> {
            loads.incrementAndGet();
            return gate.pass("new");
        };

        await().atMost(Node.SOON).until(() -> {
            for (Node node : fleet) {
                assertThat(node.cache.get("k", refreshing)).isEqualTo("old");
            }
            return fleet.stream()
                            .filter(node -> node.cache.stats().refreshesYielded() > 0)
                            .count()
                    == 3;
        });
        gate.open();

        for (Node node : fleet) {
            await().atMost(Node.SOON)
                    .untilAsserted(
                            () -> assertThat(node.cache.get("k", refreshing)).isEqualTo("new"));
        }
        assertThat(loads).hasValue(2);
        assertThat(fleet.stream()
                        .mapToLong(node -> node.cache.stats().fleetWaits())
                        .sum())
                .isZero();
    }

    @Test
    void withoutTheLeaseProcessesLoadSideBySide() throws Exception {
        UnaryOperator<Cache.Builder<String, String>> noLease =
                options -> options.stampedeProtection(StampedeProtection.earlyExpiry(1));
        Node one = join(noLease);
        Node two = join(noLease);
        Gate gate = new Gate();
        try (Callers callers = new Callers()) {
            var slow = callers.start(() -> one.cache.get("k", key -> gate.pass("slow")));
            gate.awaitReached();

            assertThat(two.get("k", "side by side")).isEqualTo("side by side");
            gate.open();

            assertThat(Callers.result(slow)).isEqualTo("slow");
        }
        assertThat(two.cache.stats().fleetWaits()).isZero();
    }
}
