package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many keys at once. */
abstract class BulkContract extends CacheSuite {
    private final List<Set<String>> asked = Collections.synchronizedList(new ArrayList<>());

    BulkContract(CacheHome home) {
        super(home);
    }

    /** Knows all keys but those that begin with "no". */
    private Map<String, String> load(Set<String> keys) {
        asked.add(new TreeSet<>(keys));
        return keys.stream()
                .filter(key -> !key.startsWith("no"))
                .collect(Collectors.toMap(key -> key, key -> "value of " + key));
    }

    @Test
    void whatIsThereIsReadAndTheRestLoadedAtOnce() {
        Cache<String, String> cache = open();
        cache.put("a", "put");

        Map<String, String> first = cache.getAll(List.of("a", "b", "c", "b"), this::load);
        Map<String, String> second = cache.getAll(List.of("c", "b", "a"), this::load);

        assertThat(first).containsOnly(entry("a", "put"), entry("b", "value of b"), entry("c", "value of c"));
        assertThat(second).isEqualTo(first);
        assertThat(asked).containsExactly(Set.of("b", "c"));
        assertThat(cache.getIfPresent("b")).isEqualTo("value of b");
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void keysWithoutAValueAreLeftOutAndRemembered() {
        Cache<String, String> cache = open();

        assertThat(cache.getAll(List.of("none", "a"), this::load)).containsOnlyKeys("a");
        assertThat(cache.getAll(List.of("none", "a"), this::load)).containsOnlyKeys("a");

        assertThat(asked).hasSize(1);
    }

    @Test
    void noKeysAskNobody() {
        Cache<String, String> cache = open();

        assertThat(cache.getAll(List.of(), this::load)).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void moreKeysThanGoInOneQuestionAllComeBack() {
        Cache<String, String> cache = open();
        List<String> keys = IntStream.range(0, 1000).mapToObj(key -> "k" + key).toList();

        assertThat(cache.getAll(keys, this::load)).hasSize(1000);
        ticker.advance(Duration.ofSeconds(61));
        assertThat(cache.getAll(keys, this::load)).hasSize(1000).containsEntry("k999", "value of k999");

        assertThat(asked).hasSize(1);
    }

    @Test
    void callersOfTheSameKeysInAnyOrderLoadEachOnce() throws Exception {
        Cache<String, String> cache = open();
        CountDownLatch bothLoad = new CountDownLatch(2);
        Map<String, Integer> loads = new HashMap<>();
        CacheLoader<Set<String>, Map<String, String>, InterruptedException> loader = keys -> {
            synchronized (loads) {
                keys.forEach(key -> loads.merge(key, 1, Integer::sum));
            }
            bothLoad.countDown();
            bothLoad.await();
            return keys.stream().collect(Collectors.toMap(key -> key, key -> key));
        };
        Gate gate = new Gate();
        Future<String> single = callers.start(() -> cache.get("b", key -> gate.pass("alone")));
        gate.awaitReached();

        Future<Map<String, String>> first = callers.start(() -> cache.getAll(List.of("a", "b", "c"), loader));
        await().until(() -> bothLoad.getCount() == 1);
        Future<Map<String, String>> second = callers.start(() -> cache.getAll(List.of("d", "c", "b", "a"), loader));
        List<Future<Map<String, String>>> calls = List.of(first, second);
        bothLoad.await();
        gate.open();

        assertThat(Callers.result(calls.get(0))).containsOnlyKeys("a", "b", "c").containsEntry("b", "alone");
        assertThat(Callers.result(calls.get(1))).containsOnlyKeys("a", "b", "c", "d");
        assertThat(Callers.result(single)).isEqualTo("alone");
        assertThat(loads).containsOnlyKeys("a", "c", "d").containsEntry("d", 1);
        assertThat(loads.values()).containsOnly(1);
    }

    @Test
    void failureComesOutUnchangedAndLeavesNothingBehind() {
        Cache<String, String> cache = open();
        IOException failure = new IOException("no database");

        assertThatThrownBy(() -> cache.getAll(List.of("a", "b"), keys -> {
                    throw failure;
                }))
                .isSameAs(failure);

        assertThat(cache.getAll(List.of("a", "b"), this::load)).hasSize(2);
        assertThat(cache.stats().loadFailures()).isEqualTo(1);
    }

    @Test
    void valuesPastTheirLifeAreServedIfTheBulkLoadFails() throws Exception {
        Cache<String, String> cache = open(builder().staleIfError(Duration.ofMinutes(5)));
        cache.getAll(List.of("a", "b"), this::load);
        for (String key : List.of("a", "b")) {
            if (key.equals("a") || home instanceof CacheHome.TwoTier) {
                home.age(key, LIFE.plusSeconds(1), LIFE.plusMinutes(5));
            }
        }

        Map<String, String> served = cache.getAll(List.of("a", "b"), keys -> {
            throw new IOException("no database");
        });

        assertThat(served).containsOnlyKeys("a", "b");
        assertThat(cache.stats().staleFailing()).isEqualTo(2);
    }

    @Test
    void invalidationDuringABulkLoadWins() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Future<Map<String, String>> before = callers.start(
                () -> cache.getAll(List.of("a", "b"), keys -> gate.pass(Map.of("a", "old a", "b", "old b"))));
        gate.awaitReached();

        cache.invalidate("a");
        assertThat(cache.<RuntimeException>get("a", key -> "new a")).isEqualTo("new a");
        gate.open();

        assertThat(Callers.result(before)).containsEntry("a", "old a");
        assertThat(cache.getIfPresent("a")).isEqualTo("new a");
        assertThat(cache.getIfPresent("b")).isEqualTo("old b");
        await().until(() -> cache.stats().fillsRejected() == 1);
    }

    @Test
    void loaderThatAsksForAKeyOfItsOwnIsTold() {
        Cache<String, String> cache = open();

        assertThatThrownBy(() -> cache.getAll(
                        List.of("a", "b"), keys -> Map.of("a", cache.<RuntimeException>get("b", key -> "inner"))))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("it would wait forever");
    }

    @Test
    void valuesThatAnotherThreadLoadsAreTakenFromItsLoad() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Future<Map<String, String>> first =
                callers.start(() -> cache.getAll(List.of("a", "b", "c"), keys -> gate.pass(load(keys))));
        gate.awaitReached();

        Future<Map<String, String>> second = callers.start(() -> cache.getAll(List.of("c", "d", "a"), this::load));
        await().until(() -> cache.stats().processWaits() == 1);
        gate.open();

        assertThat(Callers.result(first)).containsOnlyKeys("a", "b", "c");
        assertThat(Callers.result(second)).containsOnlyKeys("a", "c", "d");
        assertThat(asked).containsExactlyInAnyOrder(Set.of("a", "b", "c"), Set.of("d"));
        assertThat(cache.stats().processWaits()).isEqualTo(2);
    }

    @Test
    void keysThatAnInterruptedCallerLeavesAreLoadedTogether() throws Exception {
        Cache<String, String> cache = open();
        CountDownLatch loading = new CountDownLatch(1);
        Thread interrupted = new Thread(() -> {
            try {
                cache.getAll(List.of("a", "b", "c"), keys -> {
                    loading.countDown();
                    new CountDownLatch(1).await();
                    return Map.of();
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        interrupted.start();
        loading.await();

        Future<Map<String, String>> other = callers.start(() -> cache.getAll(List.of("a", "b", "c"), this::load));
        await().until(() -> cache.stats().processWaits() == 1);
        interrupted.interrupt();

        assertThat(Callers.result(other)).containsOnlyKeys("a", "b", "c");
        assertThat(asked).containsExactly(Set.of("a", "b", "c"));
    }

    @Test
    void failureOfALoadThatIsJoinedComesOutUnchanged() throws Exception {
        Cache<String, String> cache = open();
        IOException failure = new IOException("no database");
        Gate gate = new Gate();
        Future<?> first = callers.start(() -> cache.getAll(List.of("a"), keys -> {
            throw gate.pass(failure);
        }));
        gate.awaitReached();

        Future<?> second = callers.start(() -> cache.getAll(List.of("a", "b"), this::load));
        await().until(() -> cache.stats().processWaits() == 1);
        gate.open();

        assertThatThrownBy(() -> Callers.result(first)).hasCause(failure);
        assertThatThrownBy(() -> Callers.result(second)).hasCause(failure);
        assertThat(cache.getIfPresent("b")).isEqualTo("value of b");
    }
}
