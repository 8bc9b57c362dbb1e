package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Measures executions, and keeps the last of those that were slow. Thread-safe, without a lock. */
final class SlowQueries {
    /**
     * What makes an execution slow, and what is kept of it.
     *
     * @param thresholdNanos {@link Long#MAX_VALUE} to report none
     */
    record Options(long thresholdNanos, int kept, boolean parameters) {}

    private static final long COARSE_ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Options options;
    private final boolean exact;
    private final Ticker ticker;
    private final Meters meters;
    private final PoolEvents events;

    private final AtomicLong noted = new AtomicLong();
    private final AtomicReferenceArray<Kept> ring;

    private record Kept(long number, SlowExecution execution) {}

    SlowQueries(Options options, Ticker ticker, Meters meters, PoolEvents events) {
        this.options = options;
        this.ticker = ticker;
        this.meters = meters;
        this.events = events;
        this.exact = meters.isEnabled() || options.thresholdNanos() < COARSE_ENOUGH_NANOS;
        this.ring = new AtomicReferenceArray<>(options.kept());
    }

    boolean capturesParameters() {
        return options.parameters();
    }

    /**
     * Returns the moment that {@link #executed} wants. Reads no clock where the pool's coarse time will do, which is a tenth
     * of a second old at most.
     */
    long now(long coarseNanos) {
        return exact ? ticker.nanos() : coarseNanos;
    }

    /** Counts an execution that ends now, perhaps in an exception; returns how long it took. */
    long executed(long started, long coarseNanos, boolean threw) {
        long nanos = Math.max(0, now(coarseNanos) - started);
        meters.executed(nanos, threw);
        return nanos;
    }

    boolean isSlow(long nanos) {
        return nanos >= options.thresholdNanos();
    }

    /** Keeps the execution and tells of it. Never throws. */
    void report(SlowExecution execution) {
        long number = noted.getAndIncrement();
        ring.set((int) (number % ring.length()), new Kept(number, execution));
        events.slowQuery(execution.snapshot());
    }

    /** Returns those kept, newest first. */
    List<SlowQuery> newestFirst() {
        List<Kept> kept = new ArrayList<>(ring.length());
        for (int i = 0; i < ring.length(); i++) {
            Kept each = ring.get(i);
            if (each != null) {
                kept.add(each);
            }
        }
        kept.sort(Comparator.comparingLong(Kept::number).reversed());
        return kept.stream().map(each -> each.execution.snapshot()).toList();
    }
}
