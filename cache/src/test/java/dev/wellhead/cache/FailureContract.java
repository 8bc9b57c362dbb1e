package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Keys whose load failed a moment ago. */
abstract class FailureContract extends CacheSuite {
    private static final Duration REST = Duration.ofSeconds(1);

    private final AtomicInteger loads = new AtomicInteger();

    FailureContract(CacheHome home) {
        super(home);
    }

    private Cache<String, String> openResting() {
        return open(builder().cacheFailures(REST));
    }

    private Throwable failure(Cache<String, String> cache) {
        return catchThrowable(() -> cache.get("k", key -> {
            throw new IOException("no database, load " + loads.incrementAndGet());
        }));
    }

    private String load(String key) {
        loads.incrementAndGet();
        return "value";
    }

    @Test
    void callersGetTheSameFailureWithoutALoadUntilTheKeyHasRested() {
        Cache<String, String> cache = openResting();
        Throwable first = failure(cache);

        ticker.advance(REST.minusNanos(1));
        Throwable second = failure(cache);
        ticker.advance(Duration.ofNanos(1));

        assertThat(first).isInstanceOf(IOException.class);
        assertThat(second).isSameAs(first);
        assertThat(cache.stats().loadsSpared()).isEqualTo(1);
        assertThat(metrics.count("wellhead.cache.loads.spared cache " + home.name()))
                .isEqualTo(1);
        assertThat(cache.<RuntimeException>get("k", this::load)).isEqualTo("value");
        assertThat(loads).hasValue(2);
    }

    @Test
    void eachFurtherFailureDoublesTheRestUpToSixteenTimes() {
        Cache<String, String> cache = openResting();
        for (int factor : List.of(1, 2, 4, 8, 16, 16)) {
            Throwable failed = failure(cache);
            ticker.advance(REST.multipliedBy(factor).minusNanos(1));
            assertThat(failure(cache)).isSameAs(failed);
            ticker.advance(Duration.ofNanos(1));
        }

        assertThat(loads).hasValue(6);
    }

    @Test
    void loadThatSucceedsOrALongPauseEndsTheDoubling() {
        Cache<String, String> cache = openResting();
        failure(cache);
        ticker.advance(REST);
        failure(cache);
        ticker.advance(REST.multipliedBy(4));

        Throwable afterAPause = failure(cache);
        ticker.advance(REST);

        assertThat(failure(cache)).isNotSameAs(afterAPause);
    }

    @Test
    void otherKeysDoNotRest() {
        Cache<String, String> cache = openResting();
        failure(cache);

        assertThat(cache.<RuntimeException>get("other", this::load)).isEqualTo("value");
    }

    @Test
    void invalidationPutAndClearEndTheRest() {
        Cache<String, String> cache = openResting();
        failure(cache);
        cache.invalidate("k");
        assertThat(cache.<RuntimeException>get("k", this::load)).isEqualTo("value");

        cache.invalidate("k");
        failure(cache);
        cache.clear();
        assertThat(cache.<RuntimeException>get("k", this::load)).isEqualTo("value");

        cache.invalidate("k");
        failure(cache);
        cache.put("k", "put");
        assertThat(cache.<RuntimeException>get("k", this::load)).isEqualTo("put");
    }

    @Test
    void failureOfALoadThatAnInvalidationOvertookIsNotRemembered() throws Exception {
        Cache<String, String> cache = openResting();
        Gate gate = new Gate();
        Future<String> slow = callers.start(() -> cache.get("k", key -> {
            gate.pass(key);
            throw new IOException("old");
        }));
        gate.awaitReached();

        cache.invalidate("k");
        gate.open();

        assertThatThrownBy(() -> Callers.result(slow)).hasCauseInstanceOf(IOException.class);
        assertThat(cache.<RuntimeException>get("k", this::load)).isEqualTo("value");
    }

    @Test
    void errorsAndInterruptionsAreNotRemembered() {
        Cache<String, String> cache = openResting();

        assertThatThrownBy(() -> cache.get("k", key -> {
                    throw new AssertionError("not the key's fault");
                }))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> cache.get("k", key -> {
                    throw new InterruptedException("impatient");
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(cache.<RuntimeException>get("k", this::load)).isEqualTo("value");
    }

    @Test
    void callersThatDoNotBlockGetTheSameFailureToo() {
        Cache<String, String> cache = openResting();
        IOException failure = new IOException("no database");
        assertThat(cache.getAsync("k", key -> CompletableFuture.<String>failedFuture(failure)))
                .failsWithin(Node.SOON)
                .withThrowableOfType(ExecutionException.class)
                .withCause(failure);

        assertThat(cache.getAsync("k", key -> CompletableFuture.completedFuture(load(key))))
                .failsWithin(Node.SOON)
                .withThrowableOfType(ExecutionException.class)
                .withCause(failure);
        assertThat(failure(cache)).isSameAs(failure);
        assertThat(loads).hasValue(0);
    }

    @Test
    void bulkLoadThatSucceedsEndsTheRest() {
        Cache<String, String> cache = open(builder().cacheFailures(Duration.ofHours(1)));
        failure(cache);

        assertThat(cache.getAll(List.of("k"), keys -> Map.of("k", "bulk"))).containsEntry("k", "bulk");
        home.age("k", LIFE, LIFE);

        assertThat(cache.<RuntimeException>get("k", this::load)).isEqualTo("value");
    }

    @Test
    void failuresAreNotRememberedUnlessThatIsAskedFor() {
        Cache<String, String> cache = open();

        assertThat(failure(cache)).isNotSameAs(failure(cache));
        assertThatThrownBy(() -> builder().cacheFailures(Duration.ZERO)).hasMessageContaining("was PT0S");
    }
}
