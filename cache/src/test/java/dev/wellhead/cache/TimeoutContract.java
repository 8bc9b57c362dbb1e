package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Callers whose patience is shorter than the load, and loads that are too many. */
abstract class TimeoutContract extends CacheSuite {
    private static final Duration GRACE = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(60);

    TimeoutContract(CacheHome home) {
        super(home);
    }

    @Test
    void callerLeavesAtItsLimitAndTheLoadIsStoredAllTheSame() throws Exception {
        Cache<String, String> cache = open(builder().hardLoadTimeout(SHORT));
        Gate gate = new Gate();

        assertThatThrownBy(() -> cache.get("k", key -> gate.pass("late")))
                .isInstanceOfSatisfying(CacheException.class, e -> {
                    assertThat(e.reason()).isEqualTo(CacheException.Reason.TIMEOUT);
                    assertThat(e).hasMessageContaining("no value within PT0.1S, the load goes on");
                });
        assertThatThrownBy(() -> cache.get("k", key -> "not asked")).isInstanceOf(CacheException.class);
        gate.open();

        await().until(() -> "late".equals(cache.getIfPresent("k")));
        assertThat(cache.stats().loads()).isEqualTo(1);
        assertThat(cache.stats().timeouts()).isEqualTo(2);
    }

    @Test
    void loadWithinTheLimitBringsValuesNullsAndExceptionsUnchanged() {
        Cache<String, String> cache = open(builder().hardLoadTimeout(LONG));
        IOException failure = new IOException("no database");

        assertThat(cache.<RuntimeException>get("k", key -> "value")).isEqualTo("value");
        assertThat(cache.<RuntimeException>get("n", key -> null)).isNull();
        assertThatThrownBy(() -> cache.get("f", key -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void callerWithAnOldValueGetsItAtItsSoftLimit() throws Exception {
        Cache<String, String> cache =
                open(builder().staleIfError(GRACE).softLoadTimeout(SHORT).hardLoadTimeout(LONG));
        cache.put("k", "old");
        home.age("k", LIFE.plusSeconds(1), LIFE.plus(GRACE));
        Gate gate = new Gate();

        String served = cache.get("k", key -> gate.pass("new"));
        gate.open();

        assertThat(served).isEqualTo("old");
        await().until(() -> "new".equals(cache.getIfPresent("k")));
        assertThat(cache.stats().staleLate()).isEqualTo(1);
    }

    @Test
    void callerWithoutAnOldValueWaitsBeyondItsSoftLimit() throws Exception {
        Cache<String, String> cache = open(builder().staleIfError(GRACE).softLoadTimeout(Duration.ofMillis(1)));
        Gate gate = new Gate();
        Future<String> call = callers.start(() -> cache.get("k", key -> gate.pass("value")));
        gate.awaitReached();

        assertThat(call.isDone()).isFalse();
        gate.open();

        assertThat(Callers.result(call)).isEqualTo("value");
    }

    @Test
    void loaderInAThreadOfTheCacheMayUseTheCacheAndIsToldOfItsOwnKey() {
        Cache<String, String> cache = open(builder().hardLoadTimeout(LONG).maximumLoads(1));

        String outer = cache.get("outer", key -> "outer and " + cache.get("inner", inner -> inner));

        assertThat(outer).isEqualTo("outer and inner");
        assertThatThrownBy(() -> cache.get("k", key -> cache.get("k", same -> "inner")))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("it would wait forever");
    }

    @Test
    void loadsStayWithinTheirBoundWhoeverRunsThem() throws Exception {
        for (Duration limit : List.of(LONG, Duration.ZERO)) {
            CacheBuilder<String, String, ?> builder = builder().maximumLoads(4);
            Cache<String, String> cache = open(limit.isZero() ? builder : builder.hardLoadTimeout(limit));
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            CountDownLatch full = new CountDownLatch(4);

            List<Future<String>> calls = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String name = limit + " k" + i;
                calls.add(callers.start(() -> cache.get(name, key -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    full.countDown();
                    full.await();
                    inside.decrementAndGet();
                    return key;
                })));
            }

            assertThat(Callers.results(calls)).hasSize(40);
            assertThat(most).hasValue(4);
            cache.close();
        }
    }

    @Test
    void interruptedWaiterForAPlaceLeavesAndTheOthersGoOn() throws Exception {
        Cache<String, String> cache = open(builder().maximumLoads(1));
        Gate gate = new Gate();
        Future<String> loading = callers.start(() -> cache.get("a", key -> gate.pass("a")));
        gate.awaitReached();
        Thread waiter = new Thread(() -> assertThatThrownBy(() -> cache.get("b", key -> "b"))
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo("WH-CACHE-002")));
        waiter.start();
        await().until(() -> waiter.getState() == Thread.State.WAITING);

        waiter.interrupt();
        waiter.join();
        gate.open();

        assertThat(Callers.result(loading)).isEqualTo("a");
        assertThat(cache.<RuntimeException>get("c", key -> "c")).isEqualTo("c");
    }

    @Test
    void limitsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> open(builder().softLoadTimeout(SHORT)))
                .hasMessageContaining("softLoadTimeout needs staleIfError");
        assertThatThrownBy(() ->
                        open(builder().staleIfError(GRACE).softLoadTimeout(LONG).hardLoadTimeout(SHORT)))
                .hasMessageContaining("softLoadTimeout must be <= hardLoadTimeout (PT0.1S), was PT1M");
        assertThatThrownBy(() -> builder().maximumLoads(0)).hasMessage("maximumLoads must be >= 1, was 0");
    }
}
