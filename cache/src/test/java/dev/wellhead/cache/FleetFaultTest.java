package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.core.Ticker;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisSentinel;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Faults of Redis other than being away, and of clocks. */
class FleetFaultTest extends FleetSuite {
    FleetFaultTest() {
        super("faults", Duration.ofSeconds(2), options -> options.lease(Duration.ofSeconds(10)));
    }

    private static List<byte[]> keys(Node node, String pattern) {
        return node.redis.call(commands -> commands.keys(pattern));
    }

    @Test
    void evictedLeaseCostsALoadAndNoMore() throws Exception {
        Node one = join();
        Node two = join();
        Gate gate = new Gate();
        Future<String> first = callers.start(() -> one.cache.get("k", key -> gate.pass("first")));
        gate.awaitReached();

        for (byte[] lease : keys(one, "wh:cache1:l:*")) {
            one.redis.call(commands -> commands.del(lease));
        }
        assertThat(two.get("k", "second")).isEqualTo("second");
        gate.open();

        assertThat(Callers.result(first)).isEqualTo("first");
        assertThat(one.get("k", "not asked")).isEqualTo("second");
        assertThat(one.cache.stats().fillsRejected()).isEqualTo(1);
    }

    @Test
    void readOnlyRedisServesWhatItHasAndInvalidationsWaitForAMaster() {
        Node one = join();
        Node two = join();
        one.get("k", "value");
        // As a node sees it after a failover that it has not heard of.
        one.redis.call(commands -> commands.replicaof("127.0.0.1", 1));

        assertThat(two.get("k", "value")).isEqualTo("value");
        assertThat(one.get("other", "loaded")).isEqualTo("loaded");
        assertThat(one.cache.invalidate("k")).isEqualTo(InvalidateResult.QUEUED);
        assertThat(one.get("k", "new")).isEqualTo("new");
        server.promote();

        one.awaitUp();
        await().atMost(Node.SOON)
                .untilAsserted(() -> assertThat(two.get("k", "new")).isEqualTo("new"));
    }

    @Test
    void flushOfTenThousandHotKeysCostsOneLoadForEachAndFewAtOnce() throws Exception {
        Node node = join(options -> options.maximumLoads(8).nearMaximumSize(20_000));
        List<String> keys =
                IntStream.range(0, 10_000).mapToObj(key -> "k" + key).toList();
        node.cache.getAll(keys, missing -> missing.stream().collect(Collectors.toMap(key -> key, key -> "old")));
        node.redis.call(commands -> commands.flushall());
        await().atMost(Node.SOON).until(() -> node.cache.getIfPresent("k0") == null);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger loads = new AtomicInteger();

        List<Future<Map<String, String>>> readers = callers.start(32, () -> {
            Map<String, String> read = new HashMap<>();
            for (String key : keys) {
                read.put(key, node.cache.get(key, same -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    loads.incrementAndGet();
                    Thread.yield();
                    inside.decrementAndGet();
                    return "new";
                }));
            }
            return read;
        });

        for (Map<String, String> read : Callers.results(readers)) {
            assertThat(read.values()).containsOnly("new");
        }
        assertThat(most.get()).isLessThanOrEqualTo(8);
        assertThat(loads).hasValue(10_000);
    }

    @Test
    void failoverThatLosesALeaseCostsALoadAndLeavesTheYoungerValue() throws Exception {
        try (RedisSentinel sentinel = RedisSentinel.builder().start();
                Redis redisOne = client(sentinel.uri());
                Redis redisTwo = client(sentinel.uri());
                Cache<String, String> one = cache(redisOne);
                Cache<String, String> two = cache(redisTwo)) {
            awaitUp(one, two);
            Gate gate = new Gate();
            Future<String> before = callers.start(() -> one.get("k", key -> gate.pass("old")));
            gate.awaitReached();

            RedisServer old = sentinel.primary();
            old.kill();
            sentinel.awaitFailoverFrom(old);
            awaitUp(one, two);
            // As if the replica had lagged behind.
            redisTwo.<List<byte[]>>call(commands -> commands.keys("wh:cache1:l:*"))
                    .forEach(lease -> redisTwo.call(commands -> commands.del(lease)));
            assertThat(two.<RuntimeException>get("k", key -> "new")).isEqualTo("new");
            gate.open();

            assertThat(Callers.result(before)).isEqualTo("old");
            assertThat(one.<RuntimeException>get("k", key -> "not asked")).isEqualTo("new");
            assertThat(two.getIfPresent("k")).isEqualTo("new");
        }
    }

    private static Redis client(String uri) {
        return Redis.builder(RedisURI.create(uri))
                .budget(Duration.ofSeconds(1))
                .breaker(3, Duration.ofMillis(200))
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    private static Cache<String, String> cache(Redis redis) {
        return Cache.<String, String>builder("failover", redis, KeyCodec.ofString(), Codec.string())
                .expireAfterWrite(Duration.ofHours(1))
                .lease(Duration.ofMinutes(5))
                .build();
    }

    private static void awaitUp(Cache<?, ?>... caches) {
        for (Cache<?, ?> cache : caches) {
            await().atMost(Duration.ofSeconds(60)).until(() -> cache.health().status() == Health.Status.UP);
        }
    }

    @Test
    void nodesWhoseClocksDifferAgreeOnWhatIsOld() throws Exception {
        Ticker ahead = () -> System.nanoTime() + Duration.ofMinutes(5).toNanos();
        Ticker behind = () -> System.nanoTime() - Duration.ofMinutes(5).toNanos();
        Duration life = Duration.ofMinutes(2);
        try (Redis redisAhead = skewed(ahead);
                Redis redisBehind = skewed(behind);
                Cache<String, String> one = skewed(redisAhead, ahead, life);
                Cache<String, String> two = skewed(redisBehind, behind, life)) {
            awaitUp(one, two);
            Gate gate = new Gate();

            one.get("k", key -> "tag value");
            assertThat(two.<RuntimeException>get("k", key -> "not asked")).isEqualTo("tag value");
            Future<String> slow = callers.start(() -> one.get("slow", key -> gate.pass("tag slow")));
            gate.awaitReached();
            Future<String> waiting = callers.start(() -> two.get("slow", key -> "loaded twice"));
            await().until(() -> two.stats().fleetWaits() == 1);
            gate.open();
            assertThat(Callers.result(waiting)).isEqualTo(Callers.result(slow)).isEqualTo("tag slow");

            two.invalidateTag("tag");
            assertThat(two.getIfPresent("k")).isNull();
            await().atMost(Node.SOON).until(() -> one.getIfPresent("k") == null);
            two.put("k", "tag again");
            one.invalidate("k");
            assertThat(one.getIfPresent("k")).isNull();
            await().atMost(Node.SOON).until(() -> two.getIfPresent("k") == null);
        }
    }

    private Redis skewed(Ticker ticker) {
        return Redis.builder(RedisURI.create(server.uri()))
                .ticker(ticker)
                .budget(Duration.ofSeconds(2))
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    private static Cache<String, String> skewed(Redis redis, Ticker ticker, Duration life) {
        return Cache.<String, String>builder("skewed", redis, KeyCodec.ofString(), Codec.string())
                .expireAfterWrite(life)
                .lease(Duration.ofSeconds(10))
                .ticker(ticker)
                .tags((key, value) -> List.of("tag"))
                .build();
    }

    @Test
    void valuesAreDecodedByThreadsOfTheCacheAndNotByTheClients() throws Exception {
        Node writing = join();
        writing.cache.put("k", "value");
        List<String> threads = new ArrayList<>();
        Codec<String> watching = Codec.of(text -> text.getBytes(UTF_8), bytes -> {
            threads.add(Thread.currentThread().getName());
            return new String(bytes, UTF_8);
        });
        try (Cache<String, String> reading = Cache.<String, String>builder(
                        "faults", writing.redis, KeyCodec.ofString(), watching)
                .expireAfterWrite(Duration.ofHours(1))
                .lease(Duration.ofSeconds(10))
                .build()) {
            String read = Callers.result(reading.getAsync("k", key -> null));

            assertThat(read).isEqualTo("value");
            assertThat(threads)
                    .allMatch(name -> name.startsWith("wellhead-cache-faults-"))
                    .hasSize(1);
        }
    }
}
