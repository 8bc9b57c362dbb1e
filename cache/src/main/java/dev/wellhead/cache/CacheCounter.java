package dev.wellhead.cache;

import dev.wellhead.core.MetricSink;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens, for {@link CacheStats} and the host's metrics. */
final class CacheCounter {
    private static final String GETS = "wellhead.cache.gets";
    private static final String LOADS = "wellhead.cache.loads";
    private static final String WAITS = "wellhead.cache.waits";

    private final MetricSink.Timer loadTimer;
    private final LongAdder loadNanos = new LongAdder();
    private final Tally nearHits;
    private final Tally nearMisses;
    private final Tally farHits;
    private final Tally farMisses;
    private final Tally loaded;
    private final Tally loadFailures;
    private final Tally processWaits;
    private final Tally fleetWaits;
    private final Tally fillsRejected;
    private final Tally nearRefusals;
    private final Tally unreadable;
    private final Tally notStored;
    private final Tally awayCalls;

    private record Tally(LongAdder total, MetricSink.Counter metric) {
        void count() {
            total.increment();
            metric.increment();
        }

        long sum() {
            return total.sum();
        }
    }

    CacheCounter(MetricSink metrics, String cache) {
        loadTimer = metrics.timer("wellhead.cache.load", "cache", cache);
        nearHits = tally(metrics, GETS, "cache", cache, "tier", "near", "result", "hit");
        nearMisses = tally(metrics, GETS, "cache", cache, "tier", "near", "result", "miss");
        farHits = tally(metrics, GETS, "cache", cache, "tier", "far", "result", "hit");
        farMisses = tally(metrics, GETS, "cache", cache, "tier", "far", "result", "miss");
        loaded = tally(metrics, LOADS, "cache", cache, "result", "ok");
        loadFailures = tally(metrics, LOADS, "cache", cache, "result", "failed");
        processWaits = tally(metrics, WAITS, "cache", cache, "scope", "process");
        fleetWaits = tally(metrics, WAITS, "cache", cache, "scope", "fleet");
        fillsRejected = tally(metrics, "wellhead.cache.fills.rejected", "cache", cache);
        nearRefusals = tally(metrics, "wellhead.cache.near.refused", "cache", cache);
        unreadable = tally(metrics, "wellhead.cache.unreadable", "cache", cache);
        notStored = tally(metrics, "wellhead.cache.not.stored", "cache", cache);
        awayCalls = tally(metrics, "wellhead.cache.away", "cache", cache);
    }

    private static Tally tally(MetricSink metrics, String name, String... tags) {
        return new Tally(new LongAdder(), metrics.counter(name, tags));
    }

    void nearHit() {
        nearHits.count();
    }

    void nearMiss() {
        nearMisses.count();
    }

    void farHit() {
        farHits.count();
    }

    void farMiss() {
        farMisses.count();
    }

    void loaded(long nanos, boolean ok) {
        (ok ? loaded : loadFailures).count();
        long atLeastZero = Math.max(0, nanos);
        loadNanos.add(atLeastZero);
        loadTimer.record(atLeastZero);
    }

    void processWait() {
        processWaits.count();
    }

    void fleetWait() {
        fleetWaits.count();
    }

    void fillRejected() {
        fillsRejected.count();
    }

    void nearRefused() {
        nearRefusals.count();
    }

    void unreadable() {
        unreadable.count();
    }

    void notStored() {
        notStored.count();
    }

    void away() {
        awayCalls.count();
    }

    CacheStats stats(long nearSize, int queuedInvalidations) {
        long failures = loadFailures.sum();
        return new CacheStats(
                new CacheStats.Counts(
                        nearHits.sum(),
                        nearMisses.sum(),
                        farHits.sum(),
                        farMisses.sum(),
                        loaded.sum() + failures,
                        failures,
                        loadNanos.sum(),
                        processWaits.sum(),
                        fleetWaits.sum(),
                        fillsRejected.sum(),
                        nearRefusals.sum(),
                        unreadable.sum(),
                        notStored.sum(),
                        awayCalls.sum()),
                nearSize,
                queuedInvalidations);
    }
}
