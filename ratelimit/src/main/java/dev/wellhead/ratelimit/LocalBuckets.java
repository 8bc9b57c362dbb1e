package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Buckets in this JVM: all or nothing over any number of them, in bounded memory whatever keys come in. A bucket is
 * forgotten only once it is full again, which changes no verdict. When there is no room for a new key it shares a
 * bucket with others of its limit, so a flood of made-up keys can neither free a key that is exhausted nor shut out the
 * keys that have a bucket; the made-up ones pay for each other.
 *
 * <p>Thread-safe; never blocks but for the few instructions of another call on the same segment.
 */
final class LocalBuckets {
    /*
     * Each key belongs to the segment that it hashes to. Where its bucket lives, and whether it has one, changes under
     * that segment's lock only. A key moves between three places, and never gains by it:
     *
     *   no bucket -> own      while the segment has room; begins as the shared bucket of its limit stands, since
     *                         the key may have spent there
     *   no bucket -> shared   while it has none
     *   own -> no bucket      only when full again
     *   shared -> no bucket   only when full again
     *
     * The state of an own bucket changes in two ways.
     *
     * One charge of a key that has a bucket takes no lock: it reads the state, then the clock, decides, and moves the
     * state by CAS. If the CAS succeeds the state is the one that was read, at most held meanwhile and put back, so the
     * verdict holds at that moment. The clock is read after the state, so it is not before the moment at which the
     * state was made; else a call that was held up could take a state of others for one from before the clock went
     * back, and mend it to what is less than they took.
     *
     * Everything else locks all its segments, in ascending order so that no two calls can wait for each other, and then
     * holds all its own buckets: in place of the state stands a mark, and who reads that comes by way of the lock. With
     * all of them held it reads the clock, charges one bucket after the other, and takes the charges back if one of
     * them was denied. Nobody can look in between: neither under the lock nor without it. Only who has the lock of its
     * segment holds a bucket, and none is held when a lock is let go, so who has the lock never meets the mark of
     * another.
     *
     * A bucket that is full again goes in two steps under the lock: a CAS from the full state to a second mark, which
     * fails if the bucket was charged meanwhile; then out of the map. Who had found it before reads the mark and comes
     * by way of the lock. So nobody charges a bucket that has gone.
     */
    private static final int MAX_SEGMENTS = 64;
    private static final int LEAST_KEYS_PER_SEGMENT = 16;
    private static final int FIRST_SPINS = 128;
    private static final int MOST_DOUBLINGS = 3;

    private final MicroClock clock;
    private final ConcurrentHashMap<BucketKey, Bucket> own = new ConcurrentHashMap<>();
    private final Segment[] segments;
    // Unknown to whoever chooses the keys, so that nobody can aim at a segment.
    private final long seed = new SplittableRandom().nextLong();
    private final LongAdder sharedCharges = new LongAdder();

    /**
     * One charge.
     *
     * @param known a state of the same bucket from elsewhere, on this clock; what either tells as taken counts
     */
    record Line(
            BucketKey bucket,
            Algorithm algorithm,
            long cost,
            @Nullable State known) {
        Verdict decide(@Nullable State stored, long now) {
            State state = stored == null ? known : known == null ? stored : algorithm.merge(stored, known, now);
            return algorithm.decide(state, now, cost);
        }
    }

    LocalBuckets(int maxKeys, MicroClock clock) {
        this.clock = clock;
        int count = Math.min(MAX_SEGMENTS, Integer.highestOneBit(Math.max(1, maxKeys / LEAST_KEYS_PER_SEGMENT)));
        segments = new Segment[count];
        for (int i = 0; i < count; i++) {
            segments[i] = new Segment(own, maxKeys / count);
        }
    }

    /**
     * Charges one bucket, if it allows it.
     *
     * @param issuer who can take the charge back; null for nobody
     * @param known a state of the same bucket from elsewhere, on this clock; what either tells as taken counts
     */
    Standing.One take(@Nullable RateLimiter issuer, Charge charge, Algorithm algorithm, @Nullable State known) {
        Bucket bucket = own.get(charge.bucket());
        for (int failures = 0; bucket != null; failures++) {
            State stored = bucket.state();
            if (Bucket.isMark(stored)) {
                break;
            }
            long now = clock.micros();
            State state = known == null ? stored : algorithm.merge(stored, known, now);
            Verdict verdict = algorithm.decide(state, now, charge.cost());
            boolean allowed = verdict.allowed();
            State left = allowed ? verdict.after() : verdict.mended() ? verdict.before() : null;
            if (left == null || bucket.move(stored, left)) {
                return new Standing.One(issuer, charge, algorithm, verdict.state(allowed), now, allowed, allowed);
            }
            standBack(failures);
        }
        Line line = new Line(charge.bucket(), algorithm, charge.cost(), known);
        Outcome outcome = decide(List.of(line), true);
        return new Standing.One(
                issuer,
                charge,
                algorithm,
                outcome.states().get(0),
                outcome.nowMicros(),
                outcome.allowed(),
                outcome.charged());
    }

    /** Charges all lines or none. */
    Outcome take(List<Line> lines) {
        return decide(lines, true);
    }

    /** Tells what {@link #take} would, and how things stand, and charges nothing. */
    Outcome peek(List<Line> lines) {
        return decide(lines, false);
    }

    /**
     * Gives back what a call took, of each bucket that it still has of its own: one that it shared belongs to others,
     * too.
     */
    void refund(List<Receipt.Charged> charged) {
        for (Receipt.Charged each : charged) {
            Segment segment = segments[segmentOf(each.charge().bucket())];
            segment.lock.lock();
            try {
                Bucket bucket = segment.own(each.charge().bucket());
                if (bucket != null) {
                    refund(bucket, each);
                }
            } finally {
                segment.lock.unlock();
            }
        }
    }

    // Under the lock no mark is met, but single charges go on.
    private void refund(Bucket bucket, Receipt.Charged charged) {
        Charge charge = charged.charge();
        for (int failures = 0; ; failures++) {
            State stored = bucket.state();
            State left = charge.algorithm().refund(stored, clock.micros(), charge.cost(), charged.state());
            if (left == null || bucket.move(stored, left)) {
                return;
            }
            standBack(failures);
        }
    }

    long keys() {
        return own.mappingCount();
    }

    long sharedCharges() {
        return sharedCharges.sum();
    }

    private Outcome decide(List<Line> lines, boolean take) {
        int[] locked = lines.stream()
                .mapToInt(line -> segmentOf(line.bucket()))
                .sorted()
                .distinct()
                .toArray();
        for (int index : locked) {
            segments[index].lock.lock();
        }
        try {
            return decideLocked(lines, take);
        } finally {
            for (int index : locked) {
                segments[index].lock.unlock();
            }
        }
    }

    private Outcome decideLocked(List<Line> lines, boolean take) {
        List<Charging> charges = new ArrayList<>(lines.size());
        List<Verdict> verdicts = new ArrayList<>(lines.size());
        boolean allowed = true;
        boolean keep = false;
        long now;
        try {
            for (Line line : lines) {
                charges.add(new Charging(segments[segmentOf(line.bucket())], line));
            }
            now = clock.micros();
            for (Charging charge : charges) {
                Verdict verdict = charge.decide(now);
                verdicts.add(verdict);
                allowed &= verdict.allowed();
            }
            keep = allowed && take;
        } finally {
            // Whatever happens, none stays held.
            letGo(charges, keep);
        }
        if (take && !allowed) {
            charges.forEach(Charging::mend);
        }
        List<State> states = new ArrayList<>(lines.size());
        for (Verdict verdict : verdicts) {
            State state = verdict.state(keep);
            states.add(state == null ? new State(now, 0) : state);
        }
        return new Outcome(allowed, keep, now, states);
    }

    private void letGo(List<Charging> charges, boolean keep) {
        for (int i = charges.size() - 1; i >= 0; i--) {
            if (!keep) {
                charges.get(i).takeBack();
            } else if (charges.get(i).isShared()) {
                sharedCharges.increment();
            } else {
                charges.get(i).keep();
            }
        }
    }

    // Two that fail in turns get less done than one alone: who lost lets the other go on for a while, longer each time.
    private static void standBack(int failures) {
        for (int spins = FIRST_SPINS << Math.min(failures, MOST_DOUBLINGS); spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }

    private int segmentOf(BucketKey bucket) {
        return (int) bucket.hash(seed) & (segments.length - 1);
    }
}
