package dev.wellhead.ratelimit;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.internal.GuardedMetrics;
import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.ratelimit.RateLimiterStats.Events;
import dev.wellhead.ratelimit.RateLimiterStats.Outcomes;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.LoggerFactory;

/** Counts decisions and what befell them, for {@link RateLimiterStats} and the host's metrics. Thread-safe. */
final class DecisionCounter {
    private final MetricSink metrics;
    private final String limiter;
    // Filled when made, then only read.
    private final Map<Source, Cells> decisions = new EnumMap<>(Source.class);
    // By limit, outcome and source. The host chooses the limits, so their number is bounded; keys never come here.
    private final Map<Series, MetricSink.Counter> series = new ConcurrentHashMap<>();

    private final Event trips;
    private final Event shared;
    private final Event failedTrips;
    private final Event lateRefusals;
    private final Event stateLosses;

    private enum Outcome {
        ALLOWED,
        DENIED,
        NEVER
    }

    /** What one source decided. */
    private record Cells(LongAdder allowed, LongAdder denied, LongAdder never) {
        LongAdder of(Outcome outcome) {
            return switch (outcome) {
                case ALLOWED -> allowed;
                case DENIED -> denied;
                case NEVER -> never;
            };
        }
    }

    private record Series(String limit, Outcome outcome, Source source) {}

    private record Event(LongAdder total, MetricSink.Counter metric) {
        void count() {
            count(1);
        }

        void count(long times) {
            total.add(times);
            metric.add(times);
        }
    }

    DecisionCounter(MetricSink metrics, String limiter) {
        this.metrics = guarded(metrics, limiter);
        this.limiter = limiter;
        for (Source source : Source.values()) {
            decisions.put(source, new Cells(new LongAdder(), new LongAdder(), new LongAdder()));
        }
        trips = event("wellhead.ratelimit.trips");
        shared = event("wellhead.ratelimit.trips.shared");
        failedTrips = event("wellhead.ratelimit.trips.failed");
        lateRefusals = event("wellhead.ratelimit.trips.late");
        stateLosses = event("wellhead.ratelimit.state.lost");
    }

    /** Returns the sink as far as it keeps to its contract: what the host's throws must not reach who asks. */
    static MetricSink guarded(MetricSink metrics, String limiter) {
        return GuardedMetrics.of(metrics, "rate limiter '" + limiter + "'", LoggerFactory.getLogger(RateLimiter.class));
    }

    /** Counts a decision once, and in the metrics for each limit that allowed it or the one that did not. */
    Decision count(Decision decision) {
        Outcome outcome = decision.allowed() ? Outcome.ALLOWED : decision.never() ? Outcome.NEVER : Outcome.DENIED;
        cell(outcome, decision.source()).increment();
        if (metrics != MetricSink.none()) {
            decision.violated()
                    .ifPresentOrElse(
                            limit -> count(limit.name(), outcome, decision.source()),
                            () -> decision.limits().forEach(limit -> count(limit.name(), outcome, decision.source())));
        }
        return decision;
    }

    /** Counts a permit as a decision. */
    Permit count(ConcurrencyLimit limit, Permit permit) {
        Outcome outcome = permit.granted() ? Outcome.ALLOWED : Outcome.DENIED;
        cell(outcome, permit.source()).increment();
        if (metrics != MetricSink.none()) {
            count(limit.name(), outcome, permit.source());
        }
        return permit;
    }

    void trip() {
        trips.count();
    }

    /** So many went on one trip. */
    void shared(int callers) {
        if (callers > 1) {
            shared.count(callers - 1);
        }
    }

    void failedTrip() {
        failedTrips.count();
    }

    void lateRefusal() {
        lateRefusals.count();
    }

    void stateLost() {
        stateLosses.count();
    }

    RateLimiterStats stats(LocalBuckets local) {
        Map<Source, Long> bySource = new EnumMap<>(Source.class);
        for (Source source : Source.values()) {
            long sum = 0;
            for (Outcome outcome : Outcome.values()) {
                sum += cell(outcome, source).sum();
            }
            bySource.put(source, sum);
        }
        return new RateLimiterStats(
                bySource,
                new Outcomes(sum(Outcome.ALLOWED), sum(Outcome.DENIED), sum(Outcome.NEVER)),
                new Events(
                        trips.total().sum(),
                        shared.total().sum(),
                        lateRefusals.total().sum(),
                        failedTrips.total().sum(),
                        stateLosses.total().sum(),
                        local.sharedCharges(),
                        local.keys()));
    }

    private void count(String limit, Outcome outcome, Source source) {
        Series of = new Series(limit, outcome, source);
        MetricSink.Counter known = series.get(of);
        (known == null ? series.computeIfAbsent(of, this::counter) : known).increment();
    }

    private MetricSink.Counter counter(Series of) {
        return metrics.counter(
                "wellhead.ratelimit.decisions",
                "limiter",
                limiter,
                "limit",
                of.limit(),
                "outcome",
                of.outcome().name().toLowerCase(Locale.ROOT),
                "source",
                of.source().name().toLowerCase(Locale.ROOT));
    }

    private Event event(String name) {
        return new Event(new LongAdder(), metrics.counter(name, "limiter", limiter));
    }

    private long sum(Outcome outcome) {
        long sum = 0;
        for (Source source : Source.values()) {
            sum += cell(outcome, source).sum();
        }
        return sum;
    }

    private LongAdder cell(Outcome outcome, Source source) {
        return Objects.requireNonNull(decisions.get(source)).of(outcome);
    }
}
