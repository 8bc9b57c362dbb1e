package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.builder().setting("requirepass", "canary").start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void everyNodeServesItsThirdAndNamesTheOwnerOfTheRest() throws Exception {
        int slot = cluster.slot("somewhere");
        int owner = cluster.owner(slot);
        int other = (owner + 1) % 3;

        assertThat(call(owner, "SET", "somewhere", "here")).isEqualTo("OK");
        assertThatThrownBy(() -> call(other, "GET", "somewhere"))
                .hasMessageEndingWith("MOVED " + slot + " 127.0.0.1:" + cluster.port(owner));
        assertThat(cluster.owner(0)).isZero();
        assertThat(cluster.owner(16383)).isEqualTo(2);
    }

    @Test
    void movedSlotTakesItsKeysAlong() throws Exception {
        int slot = cluster.slot("{moving}");
        int from = cluster.owner(slot);
        int to = (from + 1) % 3;
        // More than are moved at once.
        for (int i = 0; i < 250; i++) {
            call(from, "SET", "{moving}" + i, "value " + i);
        }

        cluster.moveSlot(slot, from, to);

        assertThat(cluster.owner(slot)).isEqualTo(to);
        assertThat(call(to, "CLUSTER", "COUNTKEYSINSLOT", "" + slot)).isEqualTo("250");
        assertThat(call(to, "GET", "{moving}249")).isEqualTo("value 249");
        assertThatThrownBy(() -> call(from, "GET", "{moving}0"))
                .hasMessageEndingWith("MOVED " + slot + " 127.0.0.1:" + cluster.port(to));
    }

    @Test
    void openSlotAsksForWhatItDoesNotHold() throws Exception {
        int slot = cluster.slot("{opening}");
        int from = cluster.owner(slot);
        int to = (from + 2) % 3;
        call(from, "SET", "{opening}1", "value");

        cluster.beginMove(slot, from, to);

        String ask = "ASK " + slot + " 127.0.0.1:" + cluster.port(to);
        assertThat(call(from, "GET", "{opening}1")).isEqualTo("value");
        assertThatThrownBy(() -> call(from, "GET", "{opening}2")).hasMessageEndingWith(ask);
        cluster.moveKeys(slot, from, to);
        assertThatThrownBy(() -> call(from, "GET", "{opening}1")).hasMessageEndingWith(ask);
        cluster.endMove(slot, from, to);
        assertThat(call(to, "GET", "{opening}1")).isEqualTo("value");
    }

    @Test
    void killedNodeComesBackToItsPlace() throws Exception {
        int slot = cluster.slot("lost");
        int owner = cluster.owner(slot);
        call(owner, "SET", "lost", "value");

        cluster.kill(owner);
        assertThatThrownBy(() -> call(owner, "GET", "lost")).hasMessageContaining("refused");
        cluster.restart(owner);
        cluster.awaitComplete();

        assertThat(cluster.owner(slot)).isEqualTo(owner);
        assertThat(call(owner, "EXISTS", "lost")).isEqualTo("0");
    }

    @Test
    void replicaTakesThePlaceOfAKilledMaster() throws Exception {
        try (RedisCluster replicated = RedisCluster.builder()
                .replicas(1)
                .setting("cluster-node-timeout", "1000")
                .start()) {
            assertThat(replicated.nodes()).hasSize(6);
            try (RedisConnection master = replicated.node(0).connect()) {
                String key = "key";
                while (replicated.slot(key) > 5000) {
                    key += "x";
                }
                master.call("SET", key, "value");
                assertThat(master.text("WAIT", "1", "5000")).isEqualTo("1");
            }

            replicated.kill(0);

            await().atMost(PATIENCE).until(() -> replicated.owner(0) == 3);
            try (RedisConnection promoted = replicated.node(3).connect()) {
                assertThat(promoted.text("DBSIZE")).isEqualTo("1");
            }
        }
    }

    @Test
    void slotsThatDoNotExistAreRefused() {
        assertThatThrownBy(() -> cluster.owner(16384))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("slot must be 0 to 16383, was 16384");
    }

    private static String call(int node, String... command) throws Exception {
        try (RedisConnection connection = cluster.node(node).connect()) {
            return connection.text(command);
        }
    }
}
