package dev.wellhead.cache;

import dev.wellhead.core.MetricSink;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens, for {@link CacheStats} and the host's metrics. */
final class CacheCounter {
    private static final String GETS = "wellhead.cache.gets";
    private static final String LOADS = "wellhead.cache.loads";
    private static final String WAITS = "wellhead.cache.waits";
    private static final String REFRESHES = "wellhead.cache.refreshes";
    private static final String INVALIDATIONS = "wellhead.cache.invalidations";
    private static final String STALE = "wellhead.cache.stale";

    private final MetricSink.Timer loadTimer;
    private final MetricSink.Timer lagTimer;
    private final LongAdder loadNanos = new LongAdder();
    private final Tally nearHits;
    private final Tally nearMisses;
    private final Tally farHits;
    private final Tally farMisses;
    private final Tally loaded;
    private final Tally loadFailures;
    private final Tally loadsSpared;
    private final Tally timeouts;
    private final Tally processWaits;
    private final Tally fleetWaits;
    private final Tally refreshes;
    private final Tally refreshesFailed;
    private final Tally refreshesYielded;
    private final Tally refreshesSkipped;
    private final Tally staleRevalidating;
    private final Tally staleFailing;
    private final Tally staleLate;
    private final Tally invalidationsDone;
    private final Tally invalidationsQueued;
    private final Tally invalidationsEscalated;
    private final Tally fillsRejected;
    private final Tally nearRefusals;
    private final Tally unreadable;
    private final Tally notStored;
    private final Tally awayCalls;
    // What was measured last; below zero before that.
    private volatile long lagNanos = -1;

    /** Why a value past its life was served. */
    enum Stale {
        REVALIDATE,
        ERROR,
        TIMEOUT
    }

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
        lagTimer = metrics.timer("wellhead.cache.invalidation.lag", "cache", cache);
        nearHits = tally(metrics, GETS, "cache", cache, "tier", "near", "result", "hit");
        nearMisses = tally(metrics, GETS, "cache", cache, "tier", "near", "result", "miss");
        farHits = tally(metrics, GETS, "cache", cache, "tier", "far", "result", "hit");
        farMisses = tally(metrics, GETS, "cache", cache, "tier", "far", "result", "miss");
        loaded = tally(metrics, LOADS, "cache", cache, "result", "ok");
        loadFailures = tally(metrics, LOADS, "cache", cache, "result", "failed");
        loadsSpared = tally(metrics, "wellhead.cache.loads.spared", "cache", cache);
        timeouts = tally(metrics, "wellhead.cache.timeouts", "cache", cache);
        processWaits = tally(metrics, WAITS, "cache", cache, "scope", "process");
        fleetWaits = tally(metrics, WAITS, "cache", cache, "scope", "fleet");
        refreshes = tally(metrics, REFRESHES, "cache", cache, "result", "ok");
        refreshesFailed = tally(metrics, REFRESHES, "cache", cache, "result", "failed");
        refreshesYielded = tally(metrics, REFRESHES, "cache", cache, "result", "yielded");
        refreshesSkipped = tally(metrics, REFRESHES, "cache", cache, "result", "skipped");
        staleRevalidating = tally(metrics, STALE, "cache", cache, "reason", "revalidate");
        staleFailing = tally(metrics, STALE, "cache", cache, "reason", "error");
        staleLate = tally(metrics, STALE, "cache", cache, "reason", "timeout");
        invalidationsDone = tally(metrics, INVALIDATIONS, "cache", cache, "result", "done");
        invalidationsQueued = tally(metrics, INVALIDATIONS, "cache", cache, "result", "queued");
        invalidationsEscalated = tally(metrics, INVALIDATIONS, "cache", cache, "result", "escalated");
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

    void loadSpared() {
        loadsSpared.count();
    }

    void timedOut() {
        timeouts.count();
    }

    void processWait() {
        processWaits.count();
    }

    void fleetWait() {
        fleetWaits.count();
    }

    void refreshed() {
        refreshes.count();
    }

    void refreshFailed() {
        refreshesFailed.count();
    }

    void refreshYielded() {
        refreshesYielded.count();
    }

    void refreshSkipped() {
        refreshesSkipped.count();
    }

    void staleServed(Stale reason) {
        switch (reason) {
            case REVALIDATE -> staleRevalidating.count();
            case ERROR -> staleFailing.count();
            case TIMEOUT -> staleLate.count();
        }
    }

    InvalidateResult invalidated(InvalidateResult result) {
        switch (result) {
            case DONE -> invalidationsDone.count();
            case QUEUED -> invalidationsQueued.count();
            case ESCALATED -> invalidationsEscalated.count();
        }
        return result;
    }

    void invalidationLag(long nanos) {
        lagNanos = Math.max(0, nanos);
        lagTimer.record(lagNanos);
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

    /** @param farAway whether Redis is known not to answer */
    CacheStats stats(long nearSize, int queuedInvalidations, boolean farAway) {
        long failures = loadFailures.sum();
        return new CacheStats(
                new CacheStats.Reads(
                        nearHits.sum(),
                        nearMisses.sum(),
                        farHits.sum(),
                        farMisses.sum(),
                        processWaits.sum(),
                        fleetWaits.sum()),
                new CacheStats.Work(
                        loaded.sum() + failures,
                        failures,
                        loadNanos.sum(),
                        loadsSpared.sum(),
                        timeouts.sum(),
                        refreshes.sum(),
                        refreshesFailed.sum(),
                        refreshesYielded.sum(),
                        refreshesSkipped.sum()),
                new CacheStats.Oddities(
                        staleRevalidating.sum(),
                        staleFailing.sum(),
                        staleLate.sum(),
                        fillsRejected.sum(),
                        nearRefusals.sum(),
                        unreadable.sum(),
                        notStored.sum(),
                        awayCalls.sum()),
                new CacheStats.State(nearSize, queuedInvalidations, farAway, lagNanos));
    }
}
