package dev.wellhead.cache;

import java.time.Duration;
import java.util.Optional;

/** What happened since the cache was built: a snapshot, its numbers read one after the other. */
public final class CacheStats {
    private final Reads reads;
    private final Work work;
    private final Oddities oddities;
    private final State state;

    record Reads(long nearHits, long nearMisses, long farHits, long farMisses, long processWaits, long fleetWaits) {}

    record Work(
            long loads,
            long loadFailures,
            long loadNanos,
            long loadsSpared,
            long timeouts,
            long refreshes,
            long refreshesFailed,
            long refreshesYielded,
            long refreshesSkipped) {}

    record Oddities(
            long staleRevalidating,
            long staleFailing,
            long staleLate,
            long fillsRejected,
            long nearRefusals,
            long unreadable,
            long notStored,
            long awayCalls) {}

    /** @param lagNanos below zero if never measured */
    record State(long nearSize, int queuedInvalidations, boolean farAway, long lagNanos) {}

    CacheStats(Reads reads, Work work, Oddities oddities, State state) {
        this.reads = reads;
        this.work = work;
        this.oddities = oddities;
        this.state = state;
    }

    /** Returns how many reads found their key in the near tier; a bulk read counts once for each key. */
    public long nearHits() {
        return reads.nearHits();
    }

    /** Returns how many reads did not find their key in the near tier. */
    public long nearMisses() {
        return reads.nearMisses();
    }

    /** Returns how often Redis was asked for a key and had a value that could be used. */
    public long farHits() {
        return reads.farHits();
    }

    /** Returns how often Redis was asked for a key and had no value that could be used. */
    public long farMisses() {
        return reads.farMisses();
    }

    /** Returns how many calls waited for a load of the same process instead of loading: stampedes avoided. */
    public long processWaits() {
        return reads.processWaits();
    }

    /** Returns how often this process waited for a load of another one instead of loading: stampedes avoided. */
    public long fleetWaits() {
        return reads.fleetWaits();
    }

    /** Returns how many loaders ran to their end, well or not; a bulk load counts once. */
    public long loads() {
        return work.loads();
    }

    /** Returns how many of the loads threw. */
    public long loadFailures() {
        return work.loadFailures();
    }

    /** Returns the time spent in loaders, summed up. */
    public Duration loadTime() {
        return Duration.ofNanos(work.loadNanos());
    }

    /** Returns how many loads were left out since the key's last one had failed a moment ago ({@code cacheFailures}). */
    public long loadsSpared() {
        return work.loadsSpared();
    }

    /** Returns how many calls gave up waiting for a load and had nothing to serve instead. */
    public long timeouts() {
        return work.timeouts();
    }

    /** Returns how many values were replaced in the background, by a load of ours or a younger value in Redis. */
    public long refreshes() {
        return work.refreshes();
    }

    /** Returns how many loads in the background threw. */
    public long refreshesFailed() {
        return work.refreshesFailed();
    }

    /** Returns how many refreshes found somebody else at it. */
    public long refreshesYielded() {
        return work.refreshesYielded();
    }

    /** Returns how many refreshes ahead of expiry were not begun, since the key or too many others were being refreshed. */
    public long refreshesSkipped() {
        return work.refreshesSkipped();
    }

    /** Returns how many reads got a value past its life while it was loaded anew. */
    public long staleRevalidating() {
        return oddities.staleRevalidating();
    }

    /** Returns how many reads got a value past its life since loading it failed. */
    public long staleFailing() {
        return oddities.staleFailing();
    }

    /** Returns how many reads got a value past its life since loading it took too long. */
    public long staleLate() {
        return oddities.staleLate();
    }

    /** Returns how many loaded values went into no tier, since the key had been invalidated or the lease lost meanwhile. */
    public long fillsRejected() {
        return oddities.fillsRejected();
    }

    /** Returns how many values the near tier refused, since an invalidation came while they were on their way. */
    public long nearRefusals() {
        return oddities.nearRefusals();
    }

    /** Returns how many values in Redis could not be read. */
    public long unreadable() {
        return oddities.unreadable();
    }

    /** Returns how many values were not stored in Redis, since they are above the size cap or the codec failed. */
    public long notStored() {
        return oddities.notStored();
    }

    /** Returns how many calls went on without Redis, since it was away. */
    public long awayCalls() {
        return oddities.awayCalls();
    }

    /** Returns how many entries the near tier holds, some of them perhaps past their time. */
    public long nearSize() {
        return state.nearSize();
    }

    /** Returns how many invalidations wait for Redis now; one that stands for all keys counts as one. */
    public int queuedInvalidations() {
        return state.queuedInvalidations();
    }

    /** Returns whether the breaker of the Redis client is open, so that calls go on without Redis. */
    public boolean redisAway() {
        return state.farAway();
    }

    /** Returns how long one of our own messages last took from being sent to being heard; empty before the first. */
    public Optional<Duration> invalidationLag() {
        return state.lagNanos() < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(state.lagNanos()));
    }

    @Override
    public String toString() {
        return "CacheStats[" + reads + ", " + work + ", " + oddities + ", " + state + "]";
    }
}
