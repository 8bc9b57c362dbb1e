package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Tags, clearing and fences between nodes, also while Redis or the network fails. */
class TagFleetTest extends FleetSuite {
    private static final Duration BUDGET = Duration.ofMillis(500);

    TagFleetTest() {
        super("tags", BUDGET, options -> options.tags((key, value) -> List.of(value.split(" ", 2)[0])));
    }

    private static void cut(Node node) {
        node.proxy.refuse();
        await().atMost(Node.SOON).until(() -> node.redis.health().status() == Health.Status.DEGRADED);
    }

    private static void awaitGone(Node node, String key) {
        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(node.cache.getIfPresent(key)).isNull());
    }

    @Test
    void tagInvalidatedOnOneNodeTakesNearAndFarValuesOfAll() {
        Node one = join();
        Node two = join();
        one.get("a", "red a");
        two.get("a", "not asked");
        two.get("b", "red b");
        two.get("c", "green c");

        one.cache.invalidateTag("red");

        assertThat(one.cache.getIfPresent("a")).isNull();
        assertThat(one.cache.getIfPresent("b")).isNull();
        awaitGone(two, "a");
        assertThat(two.cache.getIfPresent("b")).isNull();
        assertThat(two.cache.getIfPresent("c")).isEqualTo("green c");
    }

    @Test
    void loadOfAnotherNodeThatBeganBeforeItsTagWasInvalidatedIsNotServed() throws Exception {
        Node loading = join();
        Node other = join();
        Gate gate = new Gate();
        Future<String> slow = callers.start(() -> loading.cache.get("k", key -> gate.pass("red old")));
        gate.awaitReached();

        other.cache.invalidateTag("red");
        Future<String> after = callers.start(() -> other.get("k", "red new"));
        await().atMost(Node.SOON).until(() -> other.cache.stats().fleetWaits() == 1);
        gate.open();

        assertThat(Callers.result(after)).isEqualTo("red new");
        assertThat(Callers.result(slow)).isEqualTo("red old");
        assertThat(other.cache.getIfPresent("k")).isEqualTo("red new");
        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(loading.get("k", "not asked")).isEqualTo("red new"));
    }

    @Test
    void nodeThatJoinsLaterKnowsWhatWasInvalidated() {
        Node one = join();
        one.get("k", "red");
        one.cache.invalidateTag("red");

        Node late = join();

        assertThat(late.cache.getIfPresent("k")).isNull();
    }

    @Test
    void nodeThatHeardNothingKnowsOnceItIsBack() {
        Node deaf = join();
        Node writing = join();
        deaf.get("k", "red old");
        cut(deaf);

        writing.cache.invalidateTag("red");
        deaf.proxy.heal();
        deaf.awaitUp();

        assertThat(deaf.get("k", "red new")).isEqualTo("red new");
    }

    @Test
    void tagInvalidatedWhileRedisIsAwayIsSentBeforeRedisIsBelievedAgain() {
        Node one = join();
        Node two = join();
        one.get("k", "red old");
        two.get("k", "not asked");
        cut(one);

        assertThat(one.cache.invalidateTag("red")).isEqualTo(InvalidateResult.QUEUED);
        assertThat(one.cache.stats().queuedInvalidations()).isEqualTo(1);
        assertThat(one.get("k", "red new")).isEqualTo("red new");
        one.proxy.heal();
        while (one.cache.health().status() != Health.Status.UP) {
            assertThat(one.get("k", "red new")).isEqualTo("red new");
        }

        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(two.get("k", "red new")).isEqualTo("red new"));
    }

    @Test
    void moreInvalidationsThanAreRememberedAreEscalatedAndSaySo() {
        Node one = join(options -> options.maximumQueuedInvalidations(2));
        Node two = join();
        one.get("k", "green");
        two.get("k", "not asked");
        cut(one);

        List<InvalidateResult> keys = List.of(one.cache.invalidate("a"), one.cache.invalidate("b"));
        List<InvalidateResult> tags =
                List.of(one.cache.invalidateTag("t1"), one.cache.invalidateTag("t2"), one.cache.invalidateTag("t3"));
        assertThat(keys).containsOnly(InvalidateResult.QUEUED);
        assertThat(tags).containsExactly(InvalidateResult.QUEUED, InvalidateResult.QUEUED, InvalidateResult.ESCALATED);
        assertThat(one.cache.invalidate("c")).isEqualTo(InvalidateResult.ESCALATED);
        one.proxy.heal();
        one.awaitUp();

        awaitGone(two, "k");
        assertThat(one.cache.stats().queuedInvalidations()).isZero();
    }

    @Test
    void cacheClearedWhileRedisIsAwayIsEmptyOnAllNodesOnceItIsBack() {
        Node one = join();
        Node two = join();
        one.get("k", "old");
        two.get("k", "not asked");
        cut(one);

        assertThat(one.cache.clear()).isEqualTo(InvalidateResult.QUEUED);
        assertThat(one.get("k", "new")).isEqualTo("new");
        one.proxy.heal();
        one.awaitUp();

        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(two.get("k", "new")).isEqualTo("new"));
    }

    @Test
    void clearingOnOneNodeEmptiesTheOthers() {
        Node one = join();
        Node two = join();
        one.get("k", "old");
        two.get("k", "not asked");

        assertThat(one.cache.clear()).isEqualTo(InvalidateResult.DONE);

        assertThat(one.get("k", "new")).isEqualTo("new");
        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(two.get("k", "not asked")).isEqualTo("new"));
    }

    @Test
    void evictedTagsTakeTheTaggedValuesWithThemAndNoOthers() {
        Node one = join();
        one.get("k", "red old");
        one.cache.invalidateTag("blue");
        one.get("later", "red later");
        List<byte[]> names = new FarKeys("tags", 1).generationAndTags();

        one.redis.call(commands -> commands.del(names.get(2)));
        Node fresh = join();

        // What was invalidated is not known any more: all that is older than the last known version counts as absent.
        assertThat(fresh.cache.getIfPresent("k")).isNull();
        assertThat(fresh.cache.getIfPresent("later")).isEqualTo("red later");
    }

    @Test
    void evictedClockStartsANewGeneration() {
        Node one = join();
        one.get("k", "red old");
        List<byte[]> names = new FarKeys("tags", 1).generationAndTags();

        one.redis.call(commands -> commands.del(names.get(1)));

        awaitGone(one, "k");
    }

    @Test
    void fenceHoldsForAllNodesAndFallsByItselfIfItsOwnerDies() {
        Node writing = join();
        Node reading = join();
        reading.get("k", "old");

        Cache.Fence fence = writing.cache.fence("k", Duration.ofSeconds(3));
        assertThat(fence.standsForAll()).isTrue();
        awaitGone(reading, "k");
        assertThat(reading.get("k", "read too early")).isEqualTo("read too early");
        assertThat(reading.cache.getIfPresent("k")).isNull();

        // Nobody releases it.
        await().atMost(Node.SOON).untilAsserted(() -> {
            reading.get("k", "stored again");
            assertThat(reading.cache.getIfPresent("k")).isEqualTo("stored again");
        });
        assertThat(writing.redis.<List<byte[]>>call(commands -> commands.keys("wh:cache1:f:*")))
                .isEmpty();
    }

    @Test
    void loadUnderWayOnAnotherNodeCannotBeStoredUnderAFence() throws Exception {
        Node writing = join();
        Node loading = join();
        Gate gate = new Gate();
        Future<String> slow = callers.start(() -> loading.cache.get("k", key -> gate.pass("old")));
        gate.awaitReached();

        try (Cache.Fence fence = writing.cache.fence("k", Duration.ofMinutes(1))) {
            gate.open();
            assertThat(Callers.result(slow)).isEqualTo("old");
            assertThat(writing.cache.getIfPresent("k")).isNull();
            assertThat(fence.standsForAll()).isTrue();
        }

        assertThat(loading.get("k", "new")).isEqualTo("new");
    }

    @Test
    void fenceWhileRedisIsAwaySaysThatItDoesNotHoldForAll() {
        Node one = join();
        cut(one);

        Cache.Fence fence = one.cache.fence("k", Duration.ofSeconds(10));

        assertThat(fence.standsForAll()).isFalse();
        assertThat(fence.release()).isEqualTo(InvalidateResult.QUEUED);
    }

    @Test
    void garbageInPlaceOfATagIsIgnored() {
        Node one = join();
        one.get("k", "red");
        byte[] channel = new FarKeys("tags", 1).channel().getBytes(UTF_8);

        for (byte[] garbage : List.of(new byte[0], new byte[] {9}, new byte[] {1, 'g', 1, 'r', 'x'})) {
            one.redis.call(commands -> commands.publish(channel, new Message(Message.Kind.TAG, 42, garbage).toBytes()));
        }
        one.cache.invalidateTag("red");

        assertThat(one.cache.getIfPresent("k")).isNull();
    }
}
