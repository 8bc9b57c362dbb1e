package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Reads that block no thread. */
abstract class AsyncContract extends CacheSuite {
    AsyncContract(CacheHome home) {
        super(home);
    }

    private static <T> T result(CompletableFuture<T> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    private static Function<String, CompletionStage<String>> now(String value) {
        return key -> CompletableFuture.completedFuture(value);
    }

    @Test
    void absentValueIsLoadedOnceAndThenKept() throws Exception {
        Cache<String, String> cache = open();

        assertThat(result(cache.getAsync("k", now("first")))).isEqualTo("first");
        assertThat(result(cache.getAsync("k", now("second")))).isEqualTo("first");

        assertThat(cache.getIfPresent("k")).isEqualTo("first");
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void thousandCallersShareOneLoadAndBlockNoThread() throws Exception {
        Cache<String, String> cache = open();
        AtomicInteger loads = new AtomicInteger();
        CompletableFuture<String> load = new CompletableFuture<>();

        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int call = 0; call < 1000; call++) {
            calls.add(cache.getAsync("k", key -> {
                loads.incrementAndGet();
                return load;
            }));
        }
        await().until(() -> loads.get() == 1 && cache.stats().processWaits() == 999);
        load.complete("value");

        for (CompletableFuture<String> call : calls) {
            assertThat(result(call)).isEqualTo("value");
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void callersOfBothKindsWaitForEachOther() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Future<String> blocking = callers.start(() -> cache.get("a", key -> gate.pass("loaded by a thread")));
        gate.awaitReached();
        CompletableFuture<String> load = new CompletableFuture<>();
        CompletableFuture<String> async = cache.getAsync("b", key -> load);

        CompletableFuture<String> joinsThread = cache.getAsync("a", now("not asked"));
        Future<String> joinsFuture = callers.start(() -> cache.get("b", key -> "not asked"));
        await().until(() -> cache.stats().processWaits() == 2);
        gate.open();
        load.complete("loaded by a future");

        assertThat(Callers.result(blocking)).isEqualTo(result(joinsThread)).isEqualTo("loaded by a thread");
        assertThat(result(async)).isEqualTo(Callers.result(joinsFuture)).isEqualTo("loaded by a future");
    }

    @Test
    void failureComesOutUnchangedHoweverTheLoaderFails() {
        Cache<String, String> cache = open();
        IOException failure = new IOException("no database");
        List<Function<String, CompletionStage<String>>> loaders = List.of(
                key -> CompletableFuture.failedFuture(failure),
                key -> CompletableFuture.completedFuture("x").thenApply(x -> {
                    throw Throwing.unchecked(failure);
                }),
                key -> {
                    throw Throwing.unchecked(failure);
                });

        for (Function<String, CompletionStage<String>> loader : loaders) {
            assertThatThrownBy(() -> result(cache.getAsync("k", loader)))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(failure);
        }
        assertThatThrownBy(() -> result(cache.getAsync("k", key -> null)))
                .hasRootCauseMessage("the loader returned no stage");
        assertThat(cache.stats().loadFailures()).isEqualTo(4);
    }

    @Test
    void invalidationNeitherWaitsForALoadNorLetsItStoreItsValue() throws Exception {
        Cache<String, String> cache = open();
        CompletableFuture<String> load = new CompletableFuture<>();
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<String> before = cache.getAsync("k", key -> {
            asked.incrementAndGet();
            return load;
        });
        await().until(() -> asked.get() == 1);

        cache.invalidate("k");
        String after = result(cache.getAsync("k", now("new")));
        load.complete("old");

        assertThat(after).isEqualTo("new");
        assertThat(result(before)).isEqualTo("old");
        assertThat(cache.getIfPresent("k")).isEqualTo("new");
        assertThat(cache.stats().fillsRejected()).isEqualTo(1);
    }

    @Test
    void loadsStayWithinTheirBoundAndTheRestWaitsWithoutAThread() throws Exception {
        Cache<String, String> cache = open(builder().maximumLoads(2));
        List<CompletableFuture<String>> loads = new ArrayList<>();
        Function<String, CompletionStage<String>> loader = key -> {
            CompletableFuture<String> load = new CompletableFuture<>();
            synchronized (loads) {
                loads.add(load);
            }
            return load;
        };

        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int key = 0; key < 20; key++) {
            calls.add(cache.getAsync("k" + key, loader));
        }
        for (int done = 0; done < 20; done++) {
            int wanted = Math.min(20, done + 2);
            await().until(() -> size(loads) >= Math.min(wanted, 20));
            assertThat(size(loads)).isLessThanOrEqualTo(wanted);
            synchronized (loads) {
                loads.get(done).complete("value");
            }
        }

        for (CompletableFuture<String> call : calls) {
            assertThat(result(call)).isEqualTo("value");
        }
    }

    private static int size(List<?> list) {
        synchronized (list) {
            return list.size();
        }
    }

    @Test
    void dearValueIsRefreshedInTheBackground() throws Exception {
        Cache<String, String> cache =
                open(builder().stampedeProtection(StampedeProtection.lease(), StampedeProtection.earlyExpiry(100)));
        result(cache.getAsync("k", key -> {
            ticker.advance(Duration.ofMinutes(2));
            return CompletableFuture.completedFuture("old");
        }));
        home.age("k", LIFE.minusMinutes(3), LIFE);

        await().until(() -> result(cache.getAsync("k", now("new"))).equals("new"));

        assertThat(cache.stats().refreshes()).isEqualTo(1);
        assertThat(cache.stats().processWaits()).isZero();
    }

    @Test
    void valuePastItsLifeIsServedIfLoadingFails() throws Exception {
        Cache<String, String> cache = open(builder().staleIfError(Duration.ofMinutes(5)));
        cache.put("k", "old");
        home.age("k", LIFE.plusSeconds(1), LIFE.plusMinutes(5));

        String served =
                result(cache.getAsync("k", key -> CompletableFuture.failedFuture(new IOException("no database"))));

        assertThat(served).isEqualTo("old");
        assertThat(cache.stats().staleFailing()).isEqualTo(1);
    }

    @Test
    void waitHasABoundThatTheLoadHasNot() throws Exception {
        Cache<String, String> cache = open(builder().hardLoadTimeout(Duration.ofMillis(100)));
        CompletableFuture<String> load = new CompletableFuture<>();

        assertThatThrownBy(() -> result(cache.getAsync("k", key -> load)))
                .cause()
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo("WH-CACHE-004"));
        load.complete("late");

        await().until(() -> "late".equals(cache.getIfPresent("k")));
        assertThat(cache.stats().timeouts()).isEqualTo(1);
    }

    @Test
    void loaderThatAsksForItsOwnKeyBeforeItReturnsIsTold() {
        Cache<String, String> cache = open();

        assertThatThrownBy(() -> result(cache.getAsync(
                        "k",
                        key -> CompletableFuture.completedFuture(cache.<RuntimeException>get(key, same -> "inner")))))
                .cause()
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("it would wait forever");
    }

    @Test
    void closeReleasesWhoWaits() {
        Cache<String, String> cache = open();
        CompletableFuture<String> load = new CompletableFuture<>();
        CompletableFuture<String> leading = cache.getAsync("k", key -> load);
        await().until(() -> cache.stats().nearMisses() == 1);
        CompletableFuture<String> joining = cache.getAsync("k", now("not asked"));

        cache.close();

        for (CompletableFuture<String> call : List.of(leading, joining)) {
            assertThatThrownBy(() -> result(call)).cause().isInstanceOf(CacheException.class);
        }
    }
}
