package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Values that are refreshed ahead of their expiry, or served after it. */
abstract class RefreshContract extends CacheSuite {
    private static final Duration COST = Duration.ofMinutes(2);
    static final Duration GRACE = Duration.ofMinutes(5);

    RefreshContract(CacheHome home) {
        super(home);
    }

    /** So eager that nearly every read of the second half volunteers. */
    private Cache<String, String> openEager() {
        return open(builder().stampedeProtection(StampedeProtection.lease(), StampedeProtection.earlyExpiry(100)));
    }

    private String loadDearly(Cache<String, String> cache, String value) {
        return cache.get("k", key -> {
            ticker.advance(COST);
            return value;
        });
    }

    private void ageWithoutGrace(Duration age) {
        home.age("k", age, LIFE);
    }

    private void ageWithGrace(Duration age) {
        home.age("k", age, LIFE.plus(GRACE));
    }

    @Test
    void dearValueIsRefreshedInTheBackgroundWhileTheGoodOneIsServed() throws Exception {
        Cache<String, String> cache = openEager();
        loadDearly(cache, "old");
        ageWithoutGrace(LIFE.minusMinutes(3));
        Gate gate = new Gate();
        CacheLoader<String, String, InterruptedException> refreshing = key -> gate.pass("new");

        Future<?> reached = callers.start(() -> {
            gate.awaitReached();
            return null;
        });
        await().until(() -> {
            assertThat(cache.get("k", refreshing)).isEqualTo("old");
            return reached.isDone();
        });
        // All who volunteer meanwhile are left out.
        await().until(() -> {
            assertThat(cache.get("k", refreshing)).isEqualTo("old");
            return cache.stats().refreshesSkipped() > 0;
        });
        gate.open();

        await().until(() -> "new".equals(cache.getIfPresent("k")));
        assertThat(cache.stats().loads()).isEqualTo(2);
        assertThat(cache.stats().refreshes()).isEqualTo(1);
        assertThat(cache.stats().processWaits()).isZero();
    }

    @Test
    void valueIsNotRefreshedInTheFirstHalfOfItsLife() {
        Cache<String, String> cache = openEager();
        loadDearly(cache, "value");
        ageWithoutGrace(LIFE.dividedBy(2).minusMinutes(1));

        for (int read = 0; read < 1000; read++) {
            assertThat(cache.<RuntimeException>get("k", key -> "refreshed")).isEqualTo("value");
        }

        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void leaseAloneRefreshesNothingAhead() {
        Cache<String, String> cache = open(builder().stampedeProtection(StampedeProtection.lease()));
        loadDearly(cache, "value");
        ageWithoutGrace(LIFE.minusSeconds(30));

        for (int read = 0; read < 1000; read++) {
            assertThat(cache.<RuntimeException>get("k", key -> "refreshed")).isEqualTo("value");
        }

        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void failedRefreshLeavesTheGoodValueAndIsNotRepeatedAtOnce() {
        Cache<String, String> cache = openEager();
        loadDearly(cache, "good");
        ageWithoutGrace(LIFE.minusMinutes(3));
        CacheLoader<String, String, IOException> failing = key -> {
            throw new IOException("no database");
        };

        await().until(() -> {
            assertThat(cache.get("k", failing)).isEqualTo("good");
            return cache.stats().refreshesFailed() == 1;
        });
        for (int read = 0; read < 1000; read++) {
            assertThatReadIsGood(cache, failing);
        }
        assertThat(cache.stats().loads()).isEqualTo(2);
        ticker.advance(Duration.ofSeconds(1));
        await().until(() -> {
            assertThatReadIsGood(cache, failing);
            return cache.stats().refreshesFailed() == 2;
        });
    }

    private static void assertThatReadIsGood(
            Cache<String, String> cache, CacheLoader<String, String, IOException> loader) {
        try {
            assertThat(cache.get("k", loader)).isEqualTo("good");
        } catch (IOException e) {
            throw new AssertionError("a failed refresh reached a caller", e);
        }
    }

    @Test
    void refreshCannotStoreWhatWasInvalidatedMeanwhile() throws Exception {
        Cache<String, String> cache = openEager();
        loadDearly(cache, "good");
        ageWithoutGrace(LIFE.minusMinutes(3));
        Gate gate = new Gate();
        Future<?> reached = callers.start(() -> {
            gate.awaitReached();
            return null;
        });
        await().until(() -> {
            cache.get("k", key -> gate.pass("old"));
            return reached.isDone();
        });

        cache.invalidate("k");
        String after = cache.get("k", key -> "new");
        gate.open();

        assertThat(after).isEqualTo("new");
        await().until(() -> cache.stats().fillsRejected() == 1);
        assertThat(cache.getIfPresent("k")).isEqualTo("new");
    }

    @Test
    void valuePastItsLifeIsServedWhileItIsLoadedAnew() {
        Cache<String, String> cache = open(builder().staleWhileRevalidate(GRACE));
        cache.put("k", "old");
        ageWithGrace(LIFE.plusSeconds(1));

        assertThat(cache.<RuntimeException>get("k", key -> "new")).isEqualTo("old");

        await().until(() -> "new".equals(cache.getIfPresent("k")));
        assertThat(cache.stats().staleRevalidating()).isPositive();
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void valuePastItsGraceIsNotServed() {
        Cache<String, String> cache = open(builder().staleWhileRevalidate(GRACE));
        cache.put("k", "old");
        ticker.advance(LIFE.plus(GRACE));
        ageWithGrace(LIFE.plus(GRACE));

        assertThat(cache.<RuntimeException>get("k", key -> "new")).isEqualTo("new");
        assertThat(cache.stats().staleRevalidating()).isZero();
    }

    @Test
    void valuePastItsLifeIsServedIfLoadingFailsAndTheLoaderIsLeftAloneForAWhile() throws Exception {
        Cache<String, String> cache = open(builder().staleIfError(GRACE));
        cache.put("k", "old");
        ageWithGrace(LIFE.plusSeconds(1));
        AtomicInteger tries = new AtomicInteger();
        CacheLoader<String, String, IOException> failing = key -> {
            tries.incrementAndGet();
            throw new IOException("no database");
        };

        for (int read = 0; read < 10; read++) {
            assertThat(cache.get("k", failing)).isEqualTo("old");
        }
        assertThat(tries).hasValue(1);
        ticker.advance(Duration.ofSeconds(1));
        assertThat(cache.get("k", failing)).isEqualTo("old");

        assertThat(tries).hasValue(2);
        assertThat(cache.stats().staleFailing()).isEqualTo(11);
        ticker.advance(Duration.ofSeconds(2));
        assertThat(cache.<RuntimeException>get("k", key -> "new")).isEqualTo("new");
    }

    @Test
    void valuePastItsLifeIsNotServedInsteadOfALoadThatWorks() {
        Cache<String, String> cache = open(builder().staleIfError(GRACE));
        cache.put("k", "old");
        ageWithGrace(LIFE.plusSeconds(1));

        assertThat(cache.<RuntimeException>get("k", key -> "new")).isEqualTo("new");
    }

    @Test
    void failureBeyondTheBoundReachesTheCaller() {
        Cache<String, String> cache = open(builder().staleIfError(GRACE));
        cache.put("k", "old");
        ticker.advance(LIFE.plus(GRACE));
        ageWithGrace(LIFE.plus(GRACE));
        IOException failure = new IOException("no database");

        assertThatThrownBy(() -> cache.get("k", key -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void errorsReachTheCallerThoughThereIsAnOldValue() {
        Cache<String, String> cache = open(builder().staleIfError(GRACE));
        cache.put("k", "old");
        ageWithGrace(LIFE.plusSeconds(1));

        assertThatThrownBy(() -> cache.get("k", key -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);
    }

    @Test
    void invalidatedValueIsNotServedHoweverLoadingEnds() {
        Cache<String, String> cache = open(builder().staleIfError(GRACE).staleWhileRevalidate(GRACE));
        cache.put("k", "old");
        cache.invalidate("k");

        assertThatThrownBy(() -> cache.get("k", key -> {
                    throw new CancellationException("no database");
                }))
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void badProtectionIsRefused() {
        assertThatThrownBy(() -> StampedeProtection.earlyExpiry(0)).hasMessage("beta must be > 0 and <= 100, was 0.0");
        assertThatThrownBy(() -> StampedeProtection.earlyExpiry(Double.NaN)).hasMessageContaining("was NaN");
        assertThatThrownBy(() -> builder().stampedeProtection(StampedeProtection.lease(), StampedeProtection.lease()))
                .hasMessageContaining("stampedeProtection must name each kind once");
        assertThatThrownBy(() -> builder().staleIfError(Duration.ZERO))
                .hasMessage("staleIfError must be > 0, was PT0S");
        assertThatThrownBy(() -> builder().maximumRefreshes(0)).hasMessageContaining("was 0");
    }
}
