package dev.wellhead.ratelimit;

import java.util.EnumMap;
import java.util.Map;

/**
 * What happened since the limiter was built: a snapshot, its numbers read one after the other. Immutable. Peeks are no
 * decisions and count only as trips.
 */
public final class RateLimiterStats {
    private final Map<Decision.Source, Long> bySource;
    private final Outcomes outcomes;
    private final Events events;

    record Outcomes(long allowed, long denied, long never) {}

    record Events(
            long trips,
            long shared,
            long lateRefusals,
            long failedTrips,
            long stateLosses,
            long sharedBuckets,
            long localKeys) {}

    RateLimiterStats(Map<Decision.Source, Long> bySource, Outcomes outcomes, Events events) {
        this.bySource = new EnumMap<>(bySource);
        this.outcomes = outcomes;
        this.events = events;
    }

    /** Returns the number of decisions that allowed the call. */
    public long allowed() {
        return outcomes.allowed();
    }

    /** Returns the number of decisions that denied the call, without {@link #never()}. */
    public long denied() {
        return outcomes.denied();
    }

    /** Returns the number of asks whose cost is above the burst. */
    public long never() {
        return outcomes.never();
    }

    /** Returns the number of decisions by this source. */
    public long decisions(Decision.Source source) {
        return bySource.getOrDefault(source, 0L);
    }

    /** Returns the number of decisions by a failure policy, since Redis did not answer in time. */
    public long fallbacks() {
        return decisions(Decision.Source.LOCAL_FALLBACK)
                + decisions(Decision.Source.OPEN)
                + decisions(Decision.Source.CLOSED);
    }

    /** Returns how often Redis was asked, peeks included; a call that an open breaker spared is none. */
    public long redisTrips() {
        return events.trips();
    }

    /** Returns how many calls had no trip of their own, since they went along with another to the same limit and key. */
    public long sharedTrips() {
        return events.shared();
    }

    /** Returns how many trips brought no answer in time, or an error. */
    public long failedTrips() {
        return events.failedTrips();
    }

    /** Returns how many trips reached Redis so late that the script refused them, charging nobody. */
    public long lateRefusals() {
        return events.lateRefusals();
    }

    /** Returns how often Redis had forgotten a bucket that this node knew should live. */
    public long stateLosses() {
        return events.stateLosses();
    }

    /** Returns how many charges had to share a bucket, since {@code maxKeys} keys were in use on this side. */
    public long sharedBuckets() {
        return events.sharedBuckets();
    }

    /** Returns how many buckets live in this JVM now. */
    public long localKeys() {
        return events.localKeys();
    }

    @Override
    public String toString() {
        return "RateLimiterStats[" + outcomes + ", " + bySource + ", " + events + "]";
    }
}
