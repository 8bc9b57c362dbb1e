package dev.wellhead.cache;

import java.time.Duration;

/** What happened since the cache was built: a snapshot, its numbers read one after the other. */
public final class CacheStats {
    private final Counts counts;
    private final long nearSize;
    private final int queuedInvalidations;

    record Counts(
            long nearHits,
            long nearMisses,
            long farHits,
            long farMisses,
            long loads,
            long loadFailures,
            long loadNanos,
            long processWaits,
            long fleetWaits,
            long fillsRejected,
            long nearRefusals,
            long unreadable,
            long notStored,
            long awayCalls) {}

    CacheStats(Counts counts, long nearSize, int queuedInvalidations) {
        this.counts = counts;
        this.nearSize = nearSize;
        this.queuedInvalidations = queuedInvalidations;
    }

    /** Returns how many calls found their key in the near tier. */
    public long nearHits() {
        return counts.nearHits();
    }

    /** Returns how many calls did not find their key in the near tier. */
    public long nearMisses() {
        return counts.nearMisses();
    }

    /** Returns how often Redis was asked and had the value. */
    public long farHits() {
        return counts.farHits();
    }

    /** Returns how often Redis was asked and did not have the value. */
    public long farMisses() {
        return counts.farMisses();
    }

    /** Returns how many loaders ran to their end, well or not. */
    public long loads() {
        return counts.loads();
    }

    /** Returns how many of the loads threw. */
    public long loadFailures() {
        return counts.loadFailures();
    }

    /** Returns the time spent in loaders, summed up. */
    public Duration loadTime() {
        return Duration.ofNanos(counts.loadNanos());
    }

    /** Returns how many calls waited for a load of the same process instead of loading. */
    public long processWaits() {
        return counts.processWaits();
    }

    /** Returns how often this process waited for a load of another one instead of loading. */
    public long fleetWaits() {
        return counts.fleetWaits();
    }

    /** Returns how many loaded values went into no tier, since the key had been invalidated or the lease lost meanwhile. */
    public long fillsRejected() {
        return counts.fillsRejected();
    }

    /** Returns how many values the near tier refused, since an invalidation came while they were on their way. */
    public long nearRefusals() {
        return counts.nearRefusals();
    }

    /** Returns how many values in Redis could not be read. */
    public long unreadable() {
        return counts.unreadable();
    }

    /** Returns how many values were not stored in Redis, since they are above the size cap or the codec failed. */
    public long notStored() {
        return counts.notStored();
    }

    /** Returns how many calls went on without Redis, since it was away. */
    public long awayCalls() {
        return counts.awayCalls();
    }

    /** Returns how many entries the near tier holds, some of them perhaps past their time. */
    public long nearSize() {
        return nearSize;
    }

    /** Returns how many invalidations wait for Redis now. */
    public int queuedInvalidations() {
        return queuedInvalidations;
    }

    @Override
    public String toString() {
        return "CacheStats[nearSize=" + nearSize + ", queuedInvalidations=" + queuedInvalidations + ", " + counts + "]";
    }
}
