package dev.wellhead.console;

import dev.wellhead.console.Histogram.Interval;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns a histogram that only grows into what was recorded of late. For the sampler's thread, but for {@link #lastMinute}. */
final class Percentiles {
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int STEPS = 6;

    private final Supplier<@Nullable Histogram> source;
    private long @Nullable [] last;
    // Readings ten seconds apart, the oldest first.
    private final Deque<Reading> steps = new ArrayDeque<>();
    private volatile @Nullable Interval lastMinute;

    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    private record Reading(long nanos, long[] counts) {}

    Percentiles(Supplier<@Nullable Histogram> source) {
        this.source = source;
    }

    /** Returns what was recorded since the last call; null if nobody records. */
    @Nullable Interval next(long nowNanos) {
        Histogram histogram = source.get();
        if (histogram == null) {
            return null;
        }
        long[] now = histogram.counts();
        if (steps.isEmpty() || nowNanos - steps.getLast().nanos() >= STEP_NANOS) {
            steps.addLast(new Reading(nowNanos, now));
        }
        if (steps.size() > STEPS) {
            steps.removeFirst();
        }
        lastMinute = Interval.between(steps.getFirst().counts(), now);
        long[] before = last == null ? now : last;
        last = now;
        return Interval.between(before, now);
    }

    /** Returns what was recorded in the last 50 to 60 seconds, as of the last sample; null if nobody records. Thread-safe. */
    @Nullable Interval lastMinute() {
        return lastMinute;
    }

    /** Returns how an interval is written; null for none. */
    static @Nullable Map<String, @Nullable Object> shown(@Nullable Interval interval) {
        return interval == null
                ? null
                : Json.object("p50", interval.millis(0.5), "p99", interval.millis(0.99), "count", interval.total());
    }
}
