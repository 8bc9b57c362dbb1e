package dev.wellhead.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wellhead.core.Ticker;
import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.CombinedScript.Run;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Permits that were taken in Redis ahead of the calls that spend them. Thread-safe, never blocks.
 *
 * <p>Let a bucket give {@code r} permits a second and hold {@code b - r * T}, and let each permit be spent within {@code T}
 * after it was taken from there, or never. Then what is spent obeys {@code (r, b)}: whatever is spent in an interval of
 * length {@code t} was taken in one of length {@code t + T}, and those are at most {@code b - r * T + r * (t + T)}; however
 * many nodes there are, and whichever of them die. The time is counted from before the question was sent, on the monotonic
 * clock, so no clocks need to agree. If the rate changes, permits are weighed by the time in which they flow back, so
 * each must be spent by a call of the numbers that it was taken by.
 */
final class Leases {
    // Spent a little sooner, for clocks that run slow.
    private static final long DRIFT_PARTS = 1_000;
    // What was spent longer ago than so many leases tells nothing.
    private static final int MEMORY = 4;
    private static final long MOST = 1L << 20;

    private final Ticker ticker;
    private final Cache<BucketKey, Lease> leases;

    /** Permits that may be spent until a moment. */
    private static final class Lease {
        // A permit of other numbers is worth another time.
        final Limit limit;
        final long sentNanos;
        final long granted;
        final AtomicLong left;
        // Spent by the trip itself.
        final long needed;
        final long resetNanos;

        Lease(Limit limit, long sentNanos, long granted, long needed, long resetNanos) {
            this.limit = limit;
            this.sentNanos = sentNanos;
            this.granted = granted;
            this.left = new AtomicLong(granted);
            this.needed = needed;
            this.resetNanos = resetNanos;
        }
    }

    Leases(int maxKeys, Ticker ticker) {
        this.ticker = ticker;
        this.leases = Caffeine.newBuilder()
                .maximumSize(maxKeys)
                .executor(Runnable::run)
                .build();
    }

    long nanos() {
        return ticker.nanos();
    }

    /** Spends what is there; null if Redis has to be asked. */
    @Nullable Decision take(Ask ask) {
        List<Charge> charges = ask.charges();
        Duration length = charges.size() == 1 ? charges.get(0).limit().lease().orElse(null) : null;
        if (length == null) {
            return null;
        }
        Charge charge = charges.get(0);
        Lease lease = leases.getIfPresent(charge.bucket());
        long now = ticker.nanos();
        if (lease == null
                || now - lease.sentNanos >= usableNanos(length)
                || !lease.limit.hasNumbersOf(charge.limit())) {
            return null;
        }
        long left = lease.left.get();
        while (left >= charge.cost()) {
            long after = left - charge.cost();
            if (lease.left.compareAndSet(left, after)) {
                return Decision.leased(ask, after, Duration.ofNanos(Math.max(0, lease.resetNanos - now)));
            }
            left = lease.left.get();
        }
        return null;
    }

    private static long usableNanos(Duration length) {
        return length.toNanos() - length.toNanos() / DRIFT_PARTS;
    }

    /**
     * Returns how many permits to take along beyond those that are needed now: about as many as the lease's time will
     * need if calls come as fast as since the last trip, and no more than flow back in that time.
     */
    long wish(Charge charge, long needed) {
        Limit limit = charge.limit();
        Duration length = limit.lease().orElse(null);
        Lease last = length == null ? null : leases.getIfPresent(charge.bucket());
        if (length == null || last == null) {
            return 0;
        }
        long passed = Math.max(1, ticker.nanos() - last.sentNanos);
        if (passed > MEMORY * length.toNanos()) {
            return 0;
        }
        double spent = (double) (last.needed + last.granted - last.left.get());
        double nanos = (double) length.toNanos();
        double flow = limit.permits() * nanos / limit.per().toNanos();
        double wanted = Math.min(spent * nanos / passed - needed, flow);
        return Math.min((long) Math.max(0, wanted), Math.min(MOST, limit.burst()));
    }

    /** Adds to what is needed what is wished for: in powers of two, so that most of what is there is got, however little. */
    void addWishes(List<Run> runs) {
        Charge charge = runs.get(0).charge();
        if (charge.limit().lease().isEmpty()) {
            return;
        }
        long needed = runs.stream()
                .mapToLong(run -> run.charge().cost() * run.calls())
                .sum();
        for (long cost = Long.highestOneBit(wish(charge, needed) + 1) / 2; cost > 0; cost /= 2) {
            runs.add(new Run(charge.costing(cost), 1, true));
        }
    }

    /** Notes what of the wishes was granted. */
    void learn(List<Run> runs, long sentNanos, State state, List<Integer> allowed, long nowMicros) {
        Charge charge = runs.get(0).charge();
        if (charge.limit().lease().isEmpty()) {
            return;
        }
        long granted = 0;
        long needed = 0;
        for (int i = 0; i < runs.size(); i++) {
            long taken = runs.get(i).charge().cost() * allowed.get(i);
            granted += runs.get(i).wished() ? taken : 0;
            needed += runs.get(i).wished() ? 0 : taken;
        }
        grant(charge, sentNanos, granted, needed, charge.algorithm().resetAfterMicros(state, nowMicros));
    }

    /**
     * Notes what was taken along. What is left of a lease before is dropped.
     *
     * @param sentNanos when the question was sent, on the ticker
     * @param needed what the trip itself spent
     * @param resetMicros after which the bucket is full again
     */
    void grant(Charge charge, long sentNanos, long granted, long needed, long resetMicros) {
        leases.put(
                charge.bucket(),
                new Lease(
                        charge.limit(),
                        sentNanos,
                        granted,
                        needed,
                        ticker.nanos() + TimeUnit.MICROSECONDS.toNanos(resetMicros)));
    }
}
