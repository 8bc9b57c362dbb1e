package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each number of the statistics, and the metric that counts the same. */
class CacheCounterTest {
    private final RecordingMetrics metrics = new RecordingMetrics();
    private final CacheCounter counter = new CacheCounter(metrics, "c");

    private static Arguments counted(
            String metric, Consumer<CacheCounter> happens, ToLongFunction<CacheStats> inStats) {
        return arguments(metric, happens, inStats);
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                counted("gets cache c tier near result hit", CacheCounter::nearHit, CacheStats::nearHits),
                counted("gets cache c tier near result miss", CacheCounter::nearMiss, CacheStats::nearMisses),
                counted("gets cache c tier far result hit", CacheCounter::farHit, CacheStats::farHits),
                counted("gets cache c tier far result miss", CacheCounter::farMiss, CacheStats::farMisses),
                counted("loads cache c result ok", counter -> counter.loaded(7, true), CacheStats::loads),
                counted("loads cache c result failed", counter -> counter.loaded(7, false), CacheStats::loadFailures),
                counted("loads.spared cache c", CacheCounter::loadSpared, CacheStats::loadsSpared),
                counted("timeouts cache c", CacheCounter::timedOut, CacheStats::timeouts),
                counted("waits cache c scope process", CacheCounter::processWait, CacheStats::processWaits),
                counted("waits cache c scope fleet", CacheCounter::fleetWait, CacheStats::fleetWaits),
                counted("refreshes cache c result ok", CacheCounter::refreshed, CacheStats::refreshes),
                counted("refreshes cache c result failed", CacheCounter::refreshFailed, CacheStats::refreshesFailed),
                counted("refreshes cache c result yielded", CacheCounter::refreshYielded, CacheStats::refreshesYielded),
                counted("refreshes cache c result skipped", CacheCounter::refreshSkipped, CacheStats::refreshesSkipped),
                counted(
                        "stale cache c reason revalidate",
                        counter -> counter.staleServed(CacheCounter.Stale.REVALIDATE),
                        CacheStats::staleRevalidating),
                counted(
                        "stale cache c reason error",
                        counter -> counter.staleServed(CacheCounter.Stale.ERROR),
                        CacheStats::staleFailing),
                counted(
                        "stale cache c reason timeout",
                        counter -> counter.staleServed(CacheCounter.Stale.TIMEOUT),
                        CacheStats::staleLate),
                counted("fills.rejected cache c", CacheCounter::fillRejected, CacheStats::fillsRejected),
                counted("near.refused cache c", CacheCounter::nearRefused, CacheStats::nearRefusals),
                counted("unreadable cache c", CacheCounter::unreadable, CacheStats::unreadable),
                counted("not.stored cache c", CacheCounter::notStored, CacheStats::notStored),
                counted("away cache c", CacheCounter::away, CacheStats::awayCalls));
    }

    private CacheStats stats() {
        return counter.stats(5, 6, true);
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void numberAndMetricGrowTogetherAndAlone(
            String metric, Consumer<CacheCounter> happens, ToLongFunction<CacheStats> inStats) {
        happens.accept(counter);
        happens.accept(counter);

        assertThat(inStats.applyAsLong(stats())).isEqualTo(2);
        assertThat(metrics.count("wellhead.cache." + metric)).isEqualTo(2);
        assertThat(metrics.counters.values().stream()
                        .mapToLong(sum -> sum.sum())
                        .sum())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void nothingIsCountedBeforeItHappens(
            String metric, Consumer<CacheCounter> happens, ToLongFunction<CacheStats> inStats) {
        assertThat(inStats.applyAsLong(stats())).isZero();
        assertThat(metrics.count("wellhead.cache." + metric)).isZero();
    }

    @Test
    void loadsSumUpTheirTimeWhateverTheirEnd() {
        counter.loaded(30, true);
        counter.loaded(12, false);
        // A clock that went back.
        counter.loaded(-5, true);

        assertThat(stats().loads()).isEqualTo(3);
        assertThat(stats().loadFailures()).isEqualTo(1);
        assertThat(stats().loadTime()).isEqualTo(Duration.ofNanos(42));
        assertThat(metrics.timers.get("wellhead.cache.load cache c").sum()).isEqualTo(3);
    }

    @Test
    void lagIsTheLastOneThatWasMeasured() {
        assertThat(stats().invalidationLag()).isEmpty();

        counter.invalidationLag(7);
        counter.invalidationLag(3);

        assertThat(stats().invalidationLag()).contains(Duration.ofNanos(3));
        assertThat(metrics.timers.get("wellhead.cache.invalidation.lag cache c").sum())
                .isEqualTo(2);
    }

    @Test
    void invalidationsAreCountedByHowFarTheyCame() {
        counter.invalidated(InvalidateResult.DONE);
        counter.invalidated(InvalidateResult.QUEUED);
        counter.invalidated(InvalidateResult.ESCALATED);

        for (String result : new String[] {"done", "queued", "escalated"}) {
            assertThat(metrics.count("wellhead.cache.invalidations cache c result " + result))
                    .isEqualTo(1);
        }
    }

    @Test
    void stateOfTheMomentIsPassedOn() {
        assertThat(stats().nearSize()).isEqualTo(5);
        assertThat(stats().queuedInvalidations()).isEqualTo(6);
        assertThat(stats().redisAway()).isTrue();
    }
}
