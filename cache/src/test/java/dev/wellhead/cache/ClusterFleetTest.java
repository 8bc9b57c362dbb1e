package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisCluster;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What holds between nodes if their Redis is a cluster, also while one of its masters is away. */
// The order only keeps what takes a master away for the end, since the cluster takes long to make.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterFleetTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final List<String> KEYS =
            IntStream.range(0, 300).mapToObj(key -> "k" + key).toList();

    private static RedisCluster cluster;

    private final List<Member> members = new ArrayList<>();
    private final Callers callers = new Callers();
    private String name = "cluster-" + UUID.randomUUID();

    /** One process. */
    private record Member(Redis redis, Cache<String, String> cache) {
        String get(String key, String ifAbsent) {
            return cache.get(key, absent -> ifAbsent);
        }

        void awaitUp() {
            await().atMost(SOON).until(() -> cache.health().status() == Health.Status.UP);
        }
    }

    @BeforeAll
    static void start() {
        cluster = RedisCluster.builder()
                .replicas(1)
                .setting("cluster-node-timeout", "1500")
                .start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void leave() {
        callers.close();
        members.forEach(member -> {
            member.cache().close();
            member.redis().close();
        });
    }

    private Member join(Duration budget) {
        Redis redis = Redis.cluster(List.of(RedisURI.create(cluster.uri(1)), RedisURI.create(cluster.uri(2))))
                .budget(budget)
                .connectTimeout(Duration.ofSeconds(10))
                .heartbeat(Duration.ofMillis(300))
                .breaker(3, Duration.ofMillis(100))
                .build();
        Cache<String, String> cache = Cache.<String, String>builder(name, redis, KeyCodec.ofString(), Codec.string())
                .expireAfterWrite(Duration.ofHours(2))
                .nearExpireAfterWrite(Duration.ofHours(1))
                .lease(Duration.ofSeconds(10))
                .tags((key, value) -> List.of(value.split(" ", 2)[0]))
                .build();
        Member member = new Member(redis, cache);
        members.add(member);
        member.awaitUp();
        return member;
    }

    private Member join() {
        return join(Duration.ofSeconds(5));
    }

    private byte[] valueKey(Member member, String key) {
        FarKeys keys = new FarKeys(name, 1);
        byte[] generation = member.redis().call(commands -> commands.get(keys.generation()));
        return keys.value(new String(generation, UTF_8), new EncodedKey(key.getBytes(UTF_8)));
    }

    /** Returns the master that has the value of a key. */
    private int owner(Member member, String key) {
        return cluster.owner(SlotHash.getSlot(valueKey(member, key)));
    }

    @Test
    void valuesOnAllMastersAreSharedAndInvalidated() {
        Member one = join();
        Member two = join();
        List<String> keys = KEYS.subList(0, 30);
        assertThat(keys.stream().map(key -> owner(one, key)).distinct()).hasSize(3);

        keys.forEach(key -> one.get(key, "red " + key));
        assertThat(keys).allSatisfy(key -> assertThat(two.get(key, "not asked")).isEqualTo("red " + key));
        keys.forEach(key -> assertThat(one.cache().invalidate(key)).isEqualTo(InvalidateResult.DONE));

        await().atMost(SOON)
                .until(() -> keys.stream().allMatch(key -> two.cache().getIfPresent(key) == null));
        assertThat(one.redis().stats().failed()).isZero();
        assertThat(two.redis().stats().failed()).isZero();
    }

    @Test
    void manyKeysOfManySlotsAreReadTogetherAndLoadedOnce() {
        Member one = join();
        Member two = join();
        AtomicInteger loads = new AtomicInteger();
        CacheLoader<Set<String>, Map<String, String>, RuntimeException> loader = keys -> {
            loads.incrementAndGet();
            return keys.stream().collect(Collectors.toMap(key -> key, key -> "red " + key));
        };

        assertThat(one.cache().getAll(KEYS, loader)).hasSize(KEYS.size());
        assertThat(two.cache().getAll(KEYS, loader)).hasSize(KEYS.size()).containsEntry("k7", "red k7");

        assertThat(loads).hasValue(1);
        assertThat(two.cache().stats().farHits()).isEqualTo(KEYS.size());
        assertThat(two.cache().stats().awayCalls()).isZero();
        assertThat(one.redis().stats().failed()).isZero();
        assertThat(two.redis().stats().failed()).isZero();
    }

    @Test
    void tagOfValuesOnAllMastersIsInvalidatedAtOnce() {
        Member one = join();
        Member two = join();
        List<String> keys = KEYS.subList(0, 30);
        keys.forEach(key -> one.get(key, "red " + key));
        one.get("other", "green");
        keys.forEach(key -> two.get(key, "not asked"));

        assertThat(one.cache().invalidateTag("red")).isEqualTo(InvalidateResult.DONE);

        assertThat(keys)
                .allSatisfy(key -> assertThat(one.cache().getIfPresent(key)).isNull());
        await().atMost(SOON)
                .until(() -> keys.stream().allMatch(key -> two.cache().getIfPresent(key) == null));
        assertThat(two.cache().getIfPresent("other")).isEqualTo("green");
    }

    @Test
    void clearLeavesTheValuesOfAllMastersBehind() {
        Member one = join();
        Member two = join();
        List<String> keys = KEYS.subList(0, 30);
        keys.forEach(key -> one.get(key, "red " + key));
        keys.forEach(key -> two.get(key, "not asked"));

        assertThat(one.cache().clear()).isEqualTo(InvalidateResult.DONE);

        assertThat(keys)
                .allSatisfy(key -> assertThat(one.cache().getIfPresent(key)).isNull());
        await().atMost(SOON)
                .until(() -> keys.stream().allMatch(key -> two.cache().getIfPresent(key) == null));
    }

    @Test
    void oneLoadServesTwoNodesForAKeyOfEachMaster() throws Exception {
        Member one = join();
        Member two = join();
        for (int master : List.of(0, 1, 2)) {
            String key = KEYS.stream()
                    .filter(each -> owner(one, each) == master)
                    .findFirst()
                    .orElseThrow();
            AtomicInteger loads = new AtomicInteger();
            Gate gate = new Gate();
            long waits = fleetWaits(one, two);

            List<Future<String>> calls = new ArrayList<>();
            for (Member member : List.of(one, two)) {
                calls.addAll(callers.start(
                        32, () -> member.cache().get(key, absent -> gate.pass("red " + loads.incrementAndGet()))));
            }
            await().atMost(SOON).until(() -> fleetWaits(one, two) == waits + 1);
            gate.open();

            assertThat(Callers.results(calls)).containsOnly("red 1");
            assertThat(loads).hasValue(1);
        }
    }

    private static long fleetWaits(Member one, Member two) {
        return one.cache().stats().fleetWaits() + two.cache().stats().fleetWaits();
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void deadMasterCostsItsOwnKeysALoadUntilItsReplicaTakesOver() {
        int dead = cluster.owner(0);
        // A cache whose generation lies elsewhere.
        while (cluster.owner(SlotHash.getSlot(new FarKeys(name, 1).generation())) == dead) {
            name = "cluster-" + UUID.randomUUID();
        }
        Member one = join(Duration.ofMillis(500));
        Member two = join(Duration.ofMillis(500));
        List<String> lost =
                KEYS.stream().filter(key -> owner(one, key) == dead).limit(5).toList();
        List<String> kept =
                KEYS.stream().filter(key -> owner(one, key) != dead).limit(5).toList();
        lost.forEach(key -> one.get(key, "red old"));
        kept.forEach(key -> one.get(key, "red old"));
        cluster.node(dead + 3).awaitInSync();

        cluster.pause(dead);
        await().atMost(SOON).until(() -> one.cache().invalidate(lost.get(0)) == InvalidateResult.QUEUED);

        assertThat(two.get(lost.get(1), "red loaded")).isEqualTo("red loaded");
        assertThat(kept).allSatisfy(key -> assertThat(two.get(key, "not asked")).isEqualTo("red old"));
        assertThat(one.cache().health().status()).isEqualTo(Health.Status.DEGRADED);
        cluster.kill(dead);
        byte[] key = valueKey(two, lost.get(2));
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> two.redis().call(key, commands -> commands.exists(key)) >= 0);
        one.awaitUp();
        two.awaitUp();

        assertThat(two.cache().getIfPresent(lost.get(0))).isNull();
        assertThat(one.cache().invalidate(lost.get(2))).isEqualTo(InvalidateResult.DONE);
        assertThat(two.get(lost.get(2), "red new")).isEqualTo("red new");
        assertThat(one.get(lost.get(2), "not asked")).isEqualTo("red new");
    }
}
