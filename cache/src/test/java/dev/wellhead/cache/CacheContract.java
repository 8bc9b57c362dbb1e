package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.testkit.ManualTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every cache does, wherever it keeps its values. */
abstract class CacheContract {
    static final Duration LIFE = Duration.ofMinutes(10);

    final ManualTicker ticker = new ManualTicker();
    final RecordingMetrics metrics = new RecordingMetrics();
    final Callers callers = new Callers();
    private Cache<String, String> opened;

    /** Returns a builder of a cache that nobody has used, with nothing set but what it needs for the test. */
    abstract CacheBuilder<String, String, ?> builder();

    Cache<String, String> open(CacheBuilder<String, String, ?> builder) {
        opened = builder.expireAfterWrite(LIFE).ticker(ticker).metrics(metrics).build();
        return opened;
    }

    Cache<String, String> open() {
        return open(builder());
    }

    @AfterEach
    void closeCache() {
        callers.close();
        if (opened != null) {
            opened.close();
        }
    }

    @Test
    void absentValueIsLoadedOnceAndThenKept() {
        Cache<String, String> cache = open();
        AtomicInteger loads = new AtomicInteger();

        String first = cache.get("k", key -> key + loads.incrementAndGet());
        String second = cache.get("k", key -> key + loads.incrementAndGet());

        assertThat(List.of(first, second)).containsExactly("k1", "k1");
        assertThat(cache.getIfPresent("k")).isEqualTo("k1");
        assertThat(cache.stats().loads()).isEqualTo(1);
        assertThat(cache.stats().nearHits()).isEqualTo(2);
    }

    @Test
    void keysDoNotMix() {
        Cache<String, String> cache = open();

        for (String key : List.of("", "}", "{", "a}b", "a", "a:b", "\u0000", "ключ")) {
            cache.get(key, same -> "value of " + same);
        }

        assertThat(cache.getIfPresent("a}b")).isEqualTo("value of a}b");
        assertThat(cache.getIfPresent("}")).isEqualTo("value of }");
        assertThat(cache.getIfPresent("")).isEqualTo("value of ");
        assertThat(cache.getIfPresent("other")).isNull();
    }

    @Test
    void getIfPresentNeverLoads() {
        Cache<String, String> cache = open();

        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.stats().loads()).isZero();
    }

    @Test
    void putReplacesTheValue() {
        Cache<String, String> cache = open();
        cache.put("k", "first");

        cache.put("k", "second");

        assertThat(cache.getIfPresent("k")).isEqualTo("second");
        assertThat(cache.<RuntimeException>get("k", key -> "loaded")).isEqualTo("second");
    }

    @Test
    void invalidatedValueIsLoadedAnew() {
        Cache<String, String> cache = open();
        cache.put("k", "old");

        InvalidateResult result = cache.invalidate("k");

        assertThat(result).isEqualTo(InvalidateResult.DONE);
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.<RuntimeException>get("k", key -> "new")).isEqualTo("new");
    }

    @Test
    void callersOfOneKeyShareOneLoad() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        AtomicInteger loads = new AtomicInteger();

        List<Future<String>> calls =
                callers.start(16, () -> cache.get("k", key -> gate.pass("value " + loads.incrementAndGet())));
        await().until(() -> cache.stats().processWaits() == 15);
        gate.open();

        assertThat(Callers.results(calls)).containsOnly("value 1");
        assertThat(loads).hasValue(1);
    }

    @Test
    void slowLoadOfOneKeyHoldsUpNoOther() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Future<String> slow = callers.start(() -> cache.get("slow", gate::pass));
        gate.awaitReached();

        List<Future<String>> others = List.of(callers.start(() -> cache.get("fast", key -> key)), callers.start(() -> {
            cache.put("put", "put");
            return cache.getIfPresent("put");
        }));

        assertThat(Callers.results(others)).containsExactly("fast", "put");
        gate.open();
        assertThat(Callers.result(slow)).isEqualTo("slow");
    }

    @Test
    void invalidateNeitherWaitsForALoadNorLetsItStoreItsValue() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Future<String> before = callers.start(() -> cache.get("k", key -> gate.pass("old")));
        gate.awaitReached();

        cache.invalidate("k");
        String after = cache.get("k", key -> "new");
        gate.open();

        assertThat(after).isEqualTo("new");
        assertThat(Callers.result(before)).isEqualTo("old");
        assertThat(cache.getIfPresent("k")).isEqualTo("new");
        assertThat(cache.stats().fillsRejected()).isEqualTo(1);
    }

    @Test
    void loadThatWasInvalidatedLeavesNothingEvenIfNobodyLoadedSince() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Future<String> before = callers.start(() -> cache.get("k", key -> gate.pass("old")));
        gate.awaitReached();

        cache.invalidate("k");
        gate.open();

        assertThat(Callers.result(before)).isEqualTo("old");
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void putEndsTheRightOfALoadUnderWay() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Future<String> before = callers.start(() -> cache.get("k", key -> gate.pass("old")));
        gate.awaitReached();

        cache.put("k", "put");
        gate.open();

        assertThat(Callers.result(before)).isEqualTo("old");
        assertThat(cache.getIfPresent("k")).isEqualTo("put");
    }

    @Test
    void checkedExceptionOfTheLoaderComesOutUnchangedAndNothingStays() {
        Cache<String, String> cache = open();
        IOException failure = new IOException("no database");

        assertThatThrownBy(() -> cache.get("k", key -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(cache.<RuntimeException>get("k", key -> "second try")).isEqualTo("second try");
        assertThat(cache.stats().loadFailures()).isEqualTo(1);
    }

    @Test
    void failureGoesUnchangedToAllWhoJoined() throws Exception {
        Cache<String, String> cache = open();
        // Those that futures would unwrap or change are the ones to try.
        for (Throwable failure : List.of(
                new IllegalStateException("no database"),
                new CompletionException(new IOException("wrapped")),
                new CancellationException("cancelled"),
                new AssertionError("an error"))) {
            long before = cache.stats().processWaits();
            Gate gate = new Gate();
            List<Future<String>> calls = callers.start(
                    8,
                    () -> cache.get("k", key -> {
                        gate.pass(key);
                        throw Throwing.unchecked(failure);
                    }));
            await().until(() -> cache.stats().processWaits() == before + 7);
            gate.open();

            for (Future<String> call : calls) {
                assertThatThrownBy(() -> Callers.result(call))
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isSameAs(failure);
            }
        }
        assertThat(cache.stats().loadFailures()).isEqualTo(4);
    }

    @Test
    void nullOfTheLoaderIsReturnedButNotKeptIfToldSo() {
        Cache<String, String> cache = open(builder().withoutNulls());

        assertThat(cache.<RuntimeException>get("k", key -> null)).isNull();
        assertThat(cache.<RuntimeException>get("k", key -> null)).isNull();

        assertThat(cache.stats().loads()).isEqualTo(2);
    }

    @Test
    void nullIsKept() {
        Cache<String, String> cache = open();

        assertThat(cache.<RuntimeException>get("k", key -> null)).isNull();
        assertThat(cache.<RuntimeException>get("k", key -> "not asked")).isNull();
        cache.put("p", null);

        assertThat(cache.<RuntimeException>get("p", key -> "not asked")).isNull();
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void putOfANullIsRefusedWhereNullsAreNotKept() {
        Cache<String, String> cache = open(builder().withoutNulls());

        assertThatThrownBy(() -> cache.put("k", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value must not be null: this cache keeps no nulls (withoutNulls)");
    }

    @Test
    void loaderThatAsksForItsOwnKeyFailsInsteadOfHanging() {
        Cache<String, String> cache = open();

        assertThatThrownBy(() -> cache.get("k", key -> cache.get("k", same -> "inner")))
                .isInstanceOfSatisfying(CacheException.class, e -> {
                    assertThat(e.reason()).isEqualTo(CacheException.Reason.RECURSION);
                    assertThat(e.code()).isEqualTo("WH-CACHE-001");
                });
        assertThat(cache.<RuntimeException>get("k", key -> "afterwards")).isEqualTo("afterwards");
    }

    @Test
    void loadersThatWaitForEachOtherFailInsteadOfHanging() throws Exception {
        Cache<String, String> cache = open();
        CountDownLatch bothLoading = new CountDownLatch(2);

        List<Future<String>> calls = List.of(
                callers.start(() -> cache.get("a", a -> {
                    bothLoading.countDown();
                    bothLoading.await();
                    return cache.get("b", b -> "b");
                })),
                callers.start(() -> cache.get("b", b -> {
                    bothLoading.countDown();
                    bothLoading.await();
                    return cache.get("a", a -> "a");
                })));

        for (Future<String> call : calls) {
            assertThatThrownBy(() -> Callers.result(call))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("it would wait forever");
        }
    }

    @Test
    void loaderMayUseTheCacheForOtherKeys() {
        Cache<String, String> cache = open();

        String outer = cache.get("outer", key -> "outer and " + cache.get("inner", inner -> inner));

        assertThat(outer).isEqualTo("outer and inner");
        assertThat(cache.getIfPresent("inner")).isEqualTo("inner");
    }

    @Test
    void loaderMayInvalidateItsOwnKey() {
        Cache<String, String> cache = open();

        String value = cache.get("k", key -> {
            cache.invalidate(key);
            return "loaded";
        });

        assertThat(value).isEqualTo("loaded");
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void interruptedWaiterLeavesWithItsFlagSetAndDisturbsNobody() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Future<String> loading = callers.start(() -> cache.get("k", key -> gate.pass("value")));
        gate.awaitReached();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiter = new Thread(() -> {
            try {
                cache.get("k", key -> "not asked");
            } catch (CacheException e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : new AssertionError("flag lost"));
            }
        });
        waiter.start();
        await().until(() -> cache.stats().processWaits() == 1);

        waiter.interrupt();
        waiter.join();
        gate.open();

        assertThat(thrown.get())
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo("WH-CACHE-002"));
        assertThat(Callers.result(loading)).isEqualTo("value");
    }

    @Test
    void interruptedLoaderMakesTheOthersTryAgainInsteadOfFailing() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Thread leader = new Thread(() -> assertThatThrownBy(() -> cache.get("k", key -> gate.pass("never")))
                .isInstanceOf(InterruptedException.class));
        leader.start();
        gate.awaitReached();
        List<Future<String>> calls = callers.start(4, () -> cache.get("k", key -> "second load"));
        await().until(() -> cache.stats().processWaits() == 4);

        leader.interrupt();

        assertThat(Callers.results(calls)).containsOnly("second load");
        leader.join();
    }

    @Test
    void closeReleasesWaitersAndEndsTheCache() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Future<String> loading = callers.start(() -> cache.get("k", key -> gate.pass("value")));
        gate.awaitReached();
        Future<String> waiting = callers.start(() -> cache.get("k", key -> "not asked"));
        await().until(() -> cache.stats().processWaits() == 1);

        cache.close();
        cache.close();

        assertThatThrownBy(() -> Callers.result(waiting)).hasCauseInstanceOf(CacheException.class);
        gate.open();
        assertThat(Callers.result(loading)).isEqualTo("value");
        assertThat(cache.health().status()).isEqualTo(Health.Status.DOWN);
        for (Runnable call : Set.<Runnable>of(
                () -> cache.get("k", key -> "value"),
                () -> cache.getIfPresent("k"),
                () -> cache.put("k", "value"),
                () -> cache.invalidate("k"))) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            CacheException.class, e -> assertThat(e.code()).isEqualTo("WH-CACHE-003"));
        }
    }

    @Test
    void metricsAgreeWithStats() {
        Cache<String, String> cache = open();
        String name = cacheName();

        cache.get("k", key -> "value");
        cache.get("k", key -> "value");

        assertThat(metrics.count("wellhead.cache.gets cache " + name + " tier near result hit"))
                .isEqualTo(1);
        assertThat(metrics.count("wellhead.cache.gets cache " + name + " tier near result miss"))
                .isEqualTo(1);
        assertThat(metrics.count("wellhead.cache.loads cache " + name + " result ok"))
                .isEqualTo(1);
        assertThat(metrics.timers.get("wellhead.cache.load cache " + name).sum())
                .isEqualTo(1);
        assertThat(metrics.gauges.get("wellhead.cache.size cache " + name).getAsDouble())
                .isEqualTo(1);
        cache.close();
        assertThat(metrics.gauges).isEmpty();
    }

    @Test
    void optionsAreRefusedTogetherAndByName() {
        CacheBuilder<String, String, ?> builder = builder();

        assertThatThrownBy(() -> builder.nearMaximumSize(0)).hasMessage("nearMaximumSize must be >= 1, was 0");
        assertThatThrownBy(() -> builder.ttlJitter(1)).hasMessage("ttlJitter must be > 0 and < 1, was 1.0");
        assertThatThrownBy(() -> builder.ttlJitter(Double.NaN)).hasMessageContaining("was NaN");
        assertThatThrownBy(() -> builder.cacheNulls(Duration.ZERO))
                .hasMessage("cacheNulls must be >= PT0.001S, was PT0S");
        assertThatThrownBy(() -> builder.expireAfterWrite(Duration.ofNanos(1)))
                .hasMessage("expireAfterWrite must be >= PT0.001S, was PT0.000000001S");
        assertThatThrownBy(builder::build).hasMessage("cache '" + cacheName() + "': expireAfterWrite is required");
        assertThatThrownBy(() -> builder.expireAfterWrite(Duration.ofSeconds(1))
                        .cacheNulls(Duration.ofSeconds(2))
                        .build())
                .hasMessageContaining("cacheNulls must be <= expireAfterWrite (PT1S), was PT2S");
    }

    abstract String cacheName();
}
