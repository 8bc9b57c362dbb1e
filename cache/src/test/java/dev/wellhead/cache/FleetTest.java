package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What holds between nodes while Redis and the network work. */
class FleetTest {
    private final String name = "fleet-" + UUID.randomUUID();
    private final List<Node> nodes = new ArrayList<>();
    private final Callers callers = new Callers();

    @AfterEach
    void leave() {
        callers.close();
        nodes.forEach(Node::close);
    }

    private Node join(UnaryOperator<Cache.Builder<String, String>> options) {
        Node node = Node.join(RedisServer.shared(), name, options);
        nodes.add(node);
        return node;
    }

    private Node join() {
        return join(options -> options);
    }

    @Test
    void oneLoadServesFourNodesWithSixtyFourThreadsEach() throws Exception {
        List<Node> fleet = List.of(join(), join(), join(), join());
        AtomicInteger loads = new AtomicInteger();
        Gate gate = new Gate();

        List<Future<String>> calls = new ArrayList<>();
        for (Node node : fleet) {
            calls.addAll(callers.start(
                    64, () -> node.cache.get("k", key -> gate.pass("value " + loads.incrementAndGet()))));
        }
        await().until(() -> fleet.stream()
                        .mapToLong(node -> node.cache.stats().fleetWaits())
                        .sum()
                == 3);
        gate.open();

        assertThat(Callers.results(calls)).containsOnly("value 1");
        assertThat(loads).hasValue(1);
        assertThat(fleet.stream().mapToLong(node -> node.cache.stats().loads()).sum())
                .isEqualTo(1);
    }

    @Test
    void waitersOnOtherNodesAreWokenByThePushAndNotByTheirDeadline() throws Exception {
        // A lease so long that only the push can wake anybody in time.
        UnaryOperator<Cache.Builder<String, String>> longLease = options -> options.lease(Duration.ofMinutes(10));
        Node loading = join(longLease);
        Node waiting = join(longLease);
        Gate filled = new Gate();
        Gate failed = new Gate();
        Gate invalidated = new Gate();
        callers.start(() -> loading.cache.get("filled", key -> filled.pass("value")));
        callers.start(() -> loading.cache.get("failed", key -> {
            failed.pass(key);
            throw new IllegalStateException("no database");
        }));
        callers.start(() -> loading.cache.get("invalidated", key -> invalidated.pass("old")));
        filled.awaitReached();
        failed.awaitReached();
        invalidated.awaitReached();

        List<Future<String>> calls = List.of(
                callers.start(() -> waiting.get("filled", "not asked")),
                callers.start(() -> waiting.get("failed", "loaded here")),
                callers.start(() -> waiting.get("invalidated", "new")));
        await().until(() -> waiting.cache.stats().fleetWaits() == 3);
        filled.open();
        failed.open();
        loading.cache.invalidate("invalidated");

        assertThat(Callers.results(calls)).containsExactly("value", "loaded here", "new");
        invalidated.open();
    }

    @Test
    void slowLoaderCannotStoreWhatAnotherNodeInvalidated() throws Exception {
        Node loading = join();
        Node writing = join();
        Node third = join();
        Gate gate = new Gate();
        Future<String> slow = callers.start(() -> loading.cache.get("k", key -> gate.pass("old")));
        gate.awaitReached();

        assertThat(writing.cache.invalidate("k")).isEqualTo(InvalidateResult.DONE);
        gate.open();

        assertThat(Callers.result(slow)).isEqualTo("old");
        for (Node node : List.of(loading, writing, third)) {
            assertThat(node.get("k", "new")).isEqualTo("new");
        }
        assertThat(loading.cache.stats().fillsRejected()).isEqualTo(1);
    }

    @Test
    void getAfterAnInvalidationElsewhereDoesNotJoinTheOldFlightOnceItIsHeard() throws Exception {
        Node loading = join();
        Node writing = join();
        Gate gate = new Gate();
        Future<String> slow = callers.start(() -> loading.cache.get("k", key -> gate.pass("old")));
        gate.awaitReached();
        loading.cache.put("probe", "here");

        writing.cache.invalidate("k");
        writing.cache.invalidate("probe");
        awaitHeard(loading);

        assertThat(loading.get("k", "new")).isEqualTo("new");
        gate.open();
        assertThat(Callers.result(slow)).isEqualTo("old");
        assertThat(loading.cache.getIfPresent("k")).isEqualTo("new");
    }

    @Test
    void leaseOfALaterLoadIsNotTakenForThatOfAnEarlierOne() throws Exception {
        for (boolean earlierEndsFirst : List.of(true, false)) {
            String key = "aba " + earlierEndsFirst;
            Node node = join();
            Node other = join();
            Gate earlier = new Gate();
            Gate later = new Gate();
            Future<String> first = callers.start(() -> node.cache.get(key, k -> earlier.pass("old")));
            earlier.awaitReached();
            node.cache.invalidate(key);
            Future<String> second = callers.start(() -> node.cache.get(key, k -> later.pass("new")));
            later.awaitReached();

            (earlierEndsFirst ? earlier : later).open();
            Callers.result(earlierEndsFirst ? first : second);
            (earlierEndsFirst ? later : earlier).open();

            assertThat(Callers.result(first)).isEqualTo("old");
            assertThat(Callers.result(second)).isEqualTo("new");
            assertThat(node.cache.getIfPresent(key)).isEqualTo("new");
            assertThat(other.cache.getIfPresent(key)).isEqualTo("new");
        }
    }

    @Test
    void nearPutAfterTheInvalidationMessageIsRefused() throws Exception {
        // Stops a reader between Redis' answer and the near tier: that is where values are decoded.
        Gate decoding = new Gate();
        Codec<String> slowly = Codec.of(text -> text.getBytes(UTF_8), bytes -> {
            String text = new String(bytes, UTF_8);
            return text.equals("old") ? passed(decoding, text) : text;
        });
        Node writing = join();
        Node fast = join();
        writing.cache.put("k", "old");
        try (Cache<String, String> reading = Cache.<String, String>builder(
                        name, fast.redis, KeyCodec.ofString(), slowly)
                .expireAfterWrite(Duration.ofHours(1))
                .lease(Duration.ofSeconds(10))
                .build()) {
            await().until(() -> reading.health().detail().contains("works"));
            reading.put("probe", "here");
            Future<String> read = callers.start(() -> reading.get("k", key -> "not asked"));
            decoding.awaitReached();

            writing.cache.invalidate("k");
            writing.cache.invalidate("probe");
            await().until(() -> reading.getIfPresent("probe") == null);
            decoding.open();

            assertThat(Callers.result(read)).isEqualTo("old");
            assertThat(reading.stats().nearRefusals()).isEqualTo(1);
            assertThat(reading.<RuntimeException>get("k", key -> "new")).isEqualTo("new");
        }
    }

    @Test
    void readersThatRaceWithAnInvalidationLeaveNothingOldBehind() throws Exception {
        Node node = join();
        Node other = join();
        AtomicBoolean done = new AtomicBoolean();
        List<Future<Integer>> readers = callers.start(3, () -> {
            int reads = 0;
            while (!done.get()) {
                node.cache.getIfPresent("k");
                reads++;
            }
            return reads;
        });

        for (int round = 0; round < 1000; round++) {
            other.cache.put("k", "old");
            assertThat(node.cache.getIfPresent("k")).isIn("old", null);
            node.cache.invalidate("k");
            assertThat(node.cache.getIfPresent("k")).isNull();
        }
        done.set(true);

        assertThat(Callers.results(readers)).allMatch(reads -> reads > 0);
    }

    @Test
    void putOnOneNodeReplacesTheNearValueOfTheOthers() {
        Node one = join();
        Node two = join();
        one.cache.put("k", "first");
        assertThat(two.cache.getIfPresent("k")).isEqualTo("first");

        one.cache.put("k", "second");

        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(two.cache.getIfPresent("k")).isEqualTo("second"));
        assertThat(one.cache.getIfPresent("k")).isEqualTo("second");
    }

    @Test
    void invalidatedHotKeyCostsEachNodeOneQuestionToRedis() throws Exception {
        Node writing = join();
        Node reading = join();
        writing.cache.put("k", "first");
        reading.cache.getIfPresent("k");

        writing.cache.put("k", "second");
        await().until(() -> "second".equals(reading.cache.getIfPresent("k")));
        long asked = reading.cache.stats().farHits();
        Callers.results(callers.start(64, () -> reading.get("k", "not asked")));

        assertThat(reading.cache.stats().farHits()).isEqualTo(asked);
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void loadLongerThanItsLeaseKeepsIt() throws Exception {
        UnaryOperator<Cache.Builder<String, String>> shortLease = options -> options.lease(Duration.ofSeconds(2));
        Node loading = Node.join(RedisServer.shared(), Duration.ofSeconds(1), name, shortLease);
        nodes.add(loading);
        Node waiting = Node.join(RedisServer.shared(), Duration.ofSeconds(1), name, shortLease);
        nodes.add(waiting);
        Gate gate = new Gate();
        Future<String> slow = callers.start(() -> loading.cache.get("k", key -> gate.pass("value")));
        gate.awaitReached();

        Future<String> call = callers.start(() -> waiting.get("k", "loaded twice"));
        // Each wait ends by the time the lease would have; a third one began after it would have ended twice.
        await().atMost(Node.SOON).until(() -> waiting.cache.stats().fleetWaits() >= 3);
        gate.open();

        assertThat(Callers.result(call)).isEqualTo("value");
        assertThat(Callers.result(slow)).isEqualTo("value");
    }

    @Test
    void interruptedWaiterForAnotherNodeLeavesWithItsFlagSet() throws Exception {
        Node loading = join();
        Node waiting = join();
        Gate gate = new Gate();
        callers.start(() -> loading.cache.get("k", key -> gate.pass("value")));
        gate.awaitReached();
        Callers interrupted = new Callers();
        Future<String> call = interrupted.start(() -> {
            try {
                return waiting.get("k", "not asked");
            } catch (CacheException e) {
                return e.code() + " " + Thread.currentThread().isInterrupted();
            }
        });
        await().until(() -> waiting.cache.stats().fleetWaits() == 1);

        interrupted.close();

        assertThat(Callers.result(call)).isEqualTo("WH-CACHE-002 true");
        gate.open();
    }

    @Test
    void closeReleasesWhoWaitsForAnotherNode() throws Exception {
        Node loading = join();
        Node waiting = join();
        Gate gate = new Gate();
        callers.start(() -> loading.cache.get("k", key -> gate.pass("value")));
        gate.awaitReached();
        Future<String> call = callers.start(() -> waiting.get("k", "not asked"));
        await().until(() -> waiting.cache.stats().fleetWaits() == 1);

        waiting.cache.close();

        assertThatThrownBy(() -> Callers.result(call))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CacheException.class);
        gate.open();
    }

    private static String passed(Gate gate, String text) {
        try {
            return gate.pass(text);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Messages arrive in order: once the probe has gone, everything before it has been heard. */
    private static void awaitHeard(Node node) {
        await().atMost(Node.SOON).until(() -> node.cache.getIfPresent("probe") == null);
    }
}
