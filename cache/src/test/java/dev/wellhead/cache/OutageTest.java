package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds while Redis or the network fails, and once they are back. Near values live an hour: none expires here. */
class OutageTest extends FleetSuite {
    private static final Duration BUDGET = Duration.ofMillis(300);
    private static final List<String> KEYS_OF_ORPHANS = List.of("a", "b", "c", "d", "e", "f", "g", "h");

    OutageTest() {
        super("outage", BUDGET, options -> options);
    }

    @Test
    void resetSubscriptionLeavesNoStaleNearValue() {
        Node cut = join();
        Node writing = join();
        cut.get("k", "old");
        cut.proxy.refuse();
        await().atMost(Node.SOON).until(() -> cut.cache.health().status() == Health.Status.DEGRADED);

        assertThat(writing.cache.invalidate("k")).isEqualTo(InvalidateResult.DONE);
        writing.get("k", "new");
        cut.proxy.heal();
        cut.awaitUp();

        assertThat(cut.get("k", "not asked")).isEqualTo("new");
    }

    @Test
    void killedSubscriptionLeavesNoStaleNearValue() {
        AtomicInteger opened = new AtomicInteger();
        CacheListener listener = new CacheListener() {
            @Override
            public void nearTierOpened(String cache) {
                opened.incrementAndGet();
            }
        };
        Node killed = join(options -> options.listener(listener));
        Node writing = join();
        for (int round = 0; round < 10; round++) {
            String value = "value " + round;
            int before = opened.get();
            killed.get("k", value);

            writing.redis.call(commands -> commands.clientKill(KillArgs.Builder.typePubsub()));
            writing.cache.put("k", "newer than " + value);
            await().atMost(Node.SOON).until(() -> opened.get() > before);

            // Not at once: what was put after the subscription was made again arrives as a message.
            await().atMost(Node.SOON)
                    .untilAsserted(
                            () -> assertThat(killed.get("k", "not asked")).isEqualTo("newer than " + value));
            killed.cache.invalidate("k");
        }
    }

    @Test
    void frozenConnectionLeavesNoStaleNearValue() {
        Node frozen = join();
        Node writing = join();
        frozen.get("k", "old");
        frozen.proxy.freeze();

        writing.cache.invalidate("k");
        writing.get("k", "new");
        frozen.proxy.heal();

        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(frozen.get("k", "not asked")).isEqualTo("new"));
    }

    @Test
    void deadConnectionThatNobodyClosedIsToldByItsSilence() {
        Node cut = join();
        Node writing = join();
        cut.get("k", "old");
        cut.proxy.halfOpen();

        writing.cache.invalidate("k");

        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(cut.get("k", "new")).isEqualTo("new"));
        assertThat(cut.cache.health().status()).isEqualTo(Health.Status.DEGRADED);
    }

    @Test
    void killedRedisCostsCallersNothingButTheLoad() throws Exception {
        RecordingMetrics metrics = new RecordingMetrics();
        Node node = join(options -> options.metrics(metrics));
        node.get("near", "near value");
        server.kill();

        // One key at a time: some calls run out of their budget, then the breaker spares the rest.
        for (int key = 0; key < 50; key++) {
            assertThat(node.get("k" + key, "loaded")).isEqualTo("loaded");
        }
        node.cache.put("put", "value");

        assertThat(node.cache.getIfPresent("absent")).isNull();
        assertThat(node.cache.stats().awayCalls()).isGreaterThan(50);
        assertThat(node.cache.stats().redisAway()).isTrue();
        assertThat(metrics.gauges.get("wellhead.cache.redis.away cache outage").getAsDouble())
                .isEqualTo(1);
        assertThat(node.cache.health().status()).isEqualTo(Health.Status.DEGRADED);
    }

    @Test
    void restartedRedisIsUsedAgainThoughItKnowsNoScript() {
        Node one = join();
        Node two = join();
        server.kill();
        one.get("before", "loaded while away");

        server.start();
        one.awaitUp();
        two.awaitUp();
        one.get("k", "value");

        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(two.cache.getIfPresent("k")).isEqualTo("value"));
    }

    @Test
    void singleFlightHoldsWhileRedisIsAway() throws Exception {
        Node node = join();
        server.kill();
        await().atMost(Node.SOON).until(() -> node.redis.health().status() == Health.Status.DEGRADED);
        Gate gate = new Gate();
        AtomicInteger loads = new AtomicInteger();

        List<Future<String>> calls =
                callers.start(16, () -> node.cache.get("k", key -> gate.pass("value " + loads.incrementAndGet())));
        await().atMost(Node.SOON).until(() -> node.cache.stats().processWaits() == 15);
        gate.open();

        assertThat(Callers.results(calls)).containsOnly("value 1");
    }

    @Test
    void loadsWhileAwayStayWithinTheirBound() throws Exception {
        Node node = join(options -> options.maximumLoads(4));
        server.kill();
        await().atMost(Node.SOON).until(() -> node.redis.health().status() == Health.Status.DEGRADED);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(4);

        List<Future<String>> calls = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            String name = "k" + i;
            calls.add(callers.start(() -> node.cache.get(name, key -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                full.countDown();
                full.await();
                // A loader within a loader needs no second place, or four of them would wait for ever.
                String inner = node.cache.get("inner " + key, same -> "inner");
                inside.decrementAndGet();
                return inner;
            })));
        }

        assertThat(Callers.results(calls)).containsOnly("inner");
        assertThat(most).hasValue(4);
    }

    @Test
    void invalidationWhileAwayIsSentBeforeRedisIsBelievedAgain() {
        Node one = join();
        Node two = join();
        one.get("k", "old");
        two.get("k", "not asked");
        one.proxy.refuse();
        await().atMost(Node.SOON).until(() -> one.redis.health().status() == Health.Status.DEGRADED);

        InvalidateResult result = one.cache.invalidate("k");
        assertThat(result).isEqualTo(InvalidateResult.QUEUED);
        assertThat(one.cache.stats().queuedInvalidations()).isEqualTo(1);
        assertThat(one.get("k", "new")).isEqualTo("new");
        one.proxy.heal();

        // From the first answer of Redis on: never "old", which is still there until the invalidation arrives.
        while (one.cache.health().status() != Health.Status.UP) {
            assertThat(one.get("k", "new")).isEqualTo("new");
        }
        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(two.get("k", "new")).isEqualTo("new"));
        assertThat(one.cache.stats().queuedInvalidations()).isZero();
    }

    @Test
    void tooManyInvalidationsWhileAwayEmptyTheCacheOfAllNodes() {
        Node one = join(options -> options.maximumQueuedInvalidations(5));
        Node two = join();
        for (int key = 0; key < 20; key++) {
            one.get("k" + key, "old");
            two.get("k" + key, "not asked");
        }
        one.proxy.refuse();
        await().atMost(Node.SOON).until(() -> one.redis.health().status() == Health.Status.DEGRADED);

        for (int key = 0; key < 10; key++) {
            assertThat(one.cache.invalidate("k" + key))
                    .isEqualTo(key < 5 ? InvalidateResult.QUEUED : InvalidateResult.ESCALATED);
        }
        one.proxy.heal();
        one.awaitUp();

        assertThat(one.cache.getIfPresent("k3")).isNull();
        await().atMost(Node.SOON).untilAsserted(() -> {
            assertThat(two.cache.getIfPresent("k3")).isNull();
            assertThat(two.cache.getIfPresent("k19")).isNull();
        });
    }

    @Test
    void putWhileAwayLeavesNoOlderValueBehind() {
        Node one = join();
        Node two = join();
        one.get("k", "old");
        one.proxy.refuse();
        await().atMost(Node.SOON).until(() -> one.redis.health().status() == Health.Status.DEGRADED);

        one.cache.put("k", "new");
        assertThat(one.cache.getIfPresent("k")).isEqualTo("new");
        one.proxy.heal();
        one.awaitUp();

        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(two.get("k", "new")).isEqualTo("new"));
    }

    @Test
    void nobodyWaitsForTheLeaseOfACallThatRanOutOfTime() throws Exception {
        // So long that whoever waits for an orphan never comes back.
        Duration longLease = Duration.ofMinutes(10);
        Node timingOut = join(options -> options.lease(longLease));
        Node other = join(options -> options.lease(longLease));
        // The first call of each kind is slow in a young JVM.
        timingOut.get("warm", "up");
        server.pause();

        // All under way at once: those that fail after the breaker opened can not even give their lease back.
        List<Future<String>> calls = new ArrayList<>();
        for (String key : KEYS_OF_ORPHANS) {
            calls.add(callers.start(() -> timingOut.get(key, "alone")));
        }
        assertThat(Callers.results(calls)).containsOnly("alone");
        server.resume();
        other.awaitUp();
        timingOut.awaitUp();

        for (String key : KEYS_OF_ORPHANS) {
            assertThat(Callers.result(callers.start(() -> other.get(key, "loaded"))))
                    .isEqualTo("loaded");
        }
        assertThat(other.cache.stats().fleetWaits()).isZero();
    }

    @Test
    void fillOfALoadThatLostItsLeaseIsRejected() throws Exception {
        Node slow = join(options -> options.lease(Duration.ofMillis(600)));
        Node fast = join(options -> options.lease(Duration.ofMillis(600)));
        Gate gate = new Gate();
        Future<String> first = callers.start(() -> slow.cache.get("k", key -> gate.pass("old")));
        gate.awaitReached();
        // No renewal comes through: to the others it is dead.
        slow.proxy.refuse();

        assertThat(fast.get("k", "new")).isEqualTo("new");
        slow.proxy.heal();
        slow.awaitUp();
        gate.open();

        assertThat(Callers.result(first)).isEqualTo("old");
        assertThat(slow.get("k", "not asked")).isEqualTo("new");
        assertThat(slow.cache.stats().fillsRejected()).isEqualTo(1);
    }

    @Test
    void fullRedisServesWhatItHasAndLoadsTheRest() {
        Node node = join();
        node.get("k", "value");
        node.redis.call(commands -> commands.configSet("maxmemory", "1"));

        assertThat(node.get("other", "loaded")).isEqualTo("loaded");

        assertThat(node.get("k", "value")).isEqualTo("value");
    }

    @Test
    void redisThatIsStillLoadingCostsCallersNothingButTheLoad() throws Exception {
        server.close();
        // Slow to load, and answering meanwhile.
        server = RedisServer.builder()
                .setting("key-load-delay", "400")
                .setting("loading-process-events-interval-bytes", "1024")
                .start();
        Node node = join();
        Node other = join();
        node.get("k", "old");
        try (RedisClient admin = RedisClient.create(server.uri())) {
            admin.connect()
                    .sync()
                    .eval("for i = 1, 10000 do redis.call('SET', 'k' .. i, i) end", ScriptOutputType.STATUS);
            admin.connect().sync().save();
            server.kill();
            Thread starting = new Thread(server::start);
            starting.start();
            await().atMost(Node.SOON).until(() -> isLoading(admin));

            assertThat(node.get("absent", "loaded")).isEqualTo("loaded");
            assertThat(other.get("k", "loaded while loading")).isEqualTo("loaded while loading");
            assertThat(node.cache.invalidate("k")).isEqualTo(InvalidateResult.QUEUED);
            assertThat(isLoading(admin)).isTrue();
            starting.join();
        }
        node.awaitUp();
        other.awaitUp();

        assertThat(node.get("k", "new")).isEqualTo("new");
        assertThat(other.get("k", "not asked")).isEqualTo("new");
    }

    private static boolean isLoading(RedisClient client) {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().get("k");
            return false;
        } catch (RedisException e) {
            return Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
                    .anyMatch(cause -> cause instanceof RedisLoadingException);
        }
    }

    @Test
    void flushedRedisEmptiesTheNearTiersToo() {
        Node one = join();
        one.get("k", "old");

        one.redis.call(commands -> commands.flushall());

        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(one.get("k", "new")).isEqualTo("new"));
    }

    @Test
    void cacheBuiltWhileRedisIsAwayJoinsLater() {
        server.kill();
        AtomicInteger loads = new AtomicInteger();
        FaultProxy proxy = FaultProxy.to(server.port());
        try (var redis = Redis.builder(RedisURI.create("127.0.0.1", proxy.port()))
                        .connectTimeout(Duration.ofMillis(100))
                        .build();
                Cache<String, String> cache = Cache.<String, String>builder(
                                "late", redis, KeyCodec.ofString(), Codec.string())
                        .expireAfterWrite(Duration.ofHours(1))
                        .build()) {
            assertThat(cache.<RuntimeException>get("k", key -> "load " + loads.incrementAndGet()))
                    .isEqualTo("load 1");
            assertThat(cache.invalidate("k")).isEqualTo(InvalidateResult.QUEUED);

            server.start();
            await().atMost(Node.SOON).until(() -> cache.health().status() == Health.Status.UP);

            assertThat(cache.stats().queuedInvalidations()).isZero();
        } finally {
            proxy.close();
        }
    }

    @Test
    void closeSendsWhatIsQueuedOrSaysWhatIsLost() {
        Node closing = join();
        Node other = join();
        closing.get("k", "old");
        other.get("k", "not asked");
        closing.proxy.refuse();
        await().atMost(Node.SOON).until(() -> closing.redis.health().status() == Health.Status.DEGRADED);
        closing.cache.invalidate("k");

        closing.cache.close();

        assertThat(closing.cache.stats().queuedInvalidations()).isEqualTo(1);
        // The other node's is the one that stays.
        await().atMost(Node.SOON).until(() -> threadsOfCaches() == 1);
    }

    @Test
    void garbageOnTheChannelIsIgnored() {
        Node node = join();
        node.get("k", "value");
        byte[] channel = new FarKeys("outage", 1).channel().getBytes(UTF_8);

        for (byte[] garbage : List.of(new byte[0], new byte[] {1}, "garbage on the channel".getBytes(UTF_8))) {
            node.redis.call(commands -> commands.publish(channel, garbage));
        }
        node.redis.call(commands ->
                commands.publish(channel, new Message(Message.Kind.INVALIDATE, 42, "k".getBytes(UTF_8)).toBytes()));

        await().atMost(Node.SOON).until(() -> {
            node.cache.getIfPresent("k");
            return node.cache.stats().farHits() == 1;
        });
    }

    private static long threadsOfCaches() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("wellhead-cache-outage-"))
                .count();
    }
}
