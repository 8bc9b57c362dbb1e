package dev.wellhead.ratelimit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Buckets in this JVM: all or nothing over any number of them, in bounded memory whatever keys come in. A bucket is
 * forgotten only once it is full again, which changes no verdict. When there is no room for a new key it shares a bucket
 * with others of its limit, so a flood of made-up keys can neither free a key that is exhausted nor shut out the keys that
 * have a bucket; the made-up ones pay for each other.
 *
 * <p>Thread-safe; never blocks but for the few instructions of another call on the same segment.
 */
final class LocalBuckets {
    /*
     * Every bucket lives in the segment that its id hashes to, and is read and written under that segment's lock only. A
     * call locks all its segments, in ascending order so that no two calls can wait for each other, reads the clock,
     * charges one bucket after the other, and takes the charges back if one of them was denied: nobody can look in
     * between. Under the locks there is nothing but arithmetic and two maps.
     *
     * A key moves between three places, and never gains by it:
     *
     *   no bucket -> own      while the segment has room; begins as the shared bucket of its limit stands, since
     *                         the key may have spent there
     *   no bucket -> shared   while it has none
     *   own -> no bucket      only when full again
     *   shared -> no bucket   only when full again
     *
     * `hand` holds each id of `own` exactly once. Each new key looks at the next few and frees those that are full
     * again: a scan that costs little and gets round. `shared` holds one bucket a limit: the host bounds their number.
     */
    private static final int MAX_SEGMENTS = 64;
    private static final int LEAST_KEYS_PER_SEGMENT = 16;
    private static final int LOOKS_WITH_ROOM = 2;
    private static final int LOOKS_WITHOUT_ROOM = 8;

    private final MicroClock clock;
    private final Segment[] segments;
    private final int keysPerSegment;
    // Unknown to whoever chooses the keys, so that nobody can aim at a segment.
    private final long seed = new SplittableRandom().nextLong();
    private final LongAdder keys = new LongAdder();
    private final LongAdder sharedCharges = new LongAdder();

    /**
     * One charge.
     *
     * @param id the bucket's
     * @param limitId its limit's: what it may share a bucket with
     * @param known a state of the same bucket from elsewhere, on this clock; what either tells as taken counts
     */
    record Line(
            String id,
            String limitId,
            Algorithm algorithm,
            long cost,
            @Nullable State known) {}

    private static final class Segment {
        final ReentrantLock lock = new ReentrantLock();
        // Guarded by lock.
        final Map<String, State> own = new HashMap<>();
        final Deque<String> hand = new ArrayDeque<>();
        final Map<String, State> shared = new HashMap<>();
    }

    LocalBuckets(int maxKeys, MicroClock clock) {
        this.clock = clock;
        int count = Math.min(MAX_SEGMENTS, Integer.highestOneBit(Math.max(1, maxKeys / LEAST_KEYS_PER_SEGMENT)));
        segments = new Segment[count];
        for (int i = 0; i < count; i++) {
            segments[i] = new Segment();
        }
        keysPerSegment = maxKeys / count;
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
     * Gives back what a call took, of each bucket that it still has of its own: one that it shared belongs to others, too.
     */
    void refund(List<Receipt.Charged> charged) {
        for (Receipt.Charged each : charged) {
            String id = each.charge().id();
            Segment segment = segments[segmentOf(id)];
            segment.lock.lock();
            try {
                State own = segment.own.get(id);
                State left = own == null
                        ? null
                        : each.charge()
                                .algorithm()
                                .refund(own, clock.micros(), each.charge().cost(), each.state());
                if (left != null) {
                    segment.own.put(id, left);
                }
            } finally {
                segment.lock.unlock();
            }
        }
    }

    long keys() {
        return keys.sum();
    }

    long sharedCharges() {
        return sharedCharges.sum();
    }

    private Outcome decide(List<Line> lines, boolean take) {
        int[] locked = lines.stream()
                .mapToInt(line -> segmentOf(line.id()))
                .sorted()
                .distinct()
                .toArray();
        for (int index : locked) {
            segments[index].lock.lock();
        }
        try {
            return decideLocked(lines, take, clock.micros());
        } finally {
            for (int index : locked) {
                segments[index].lock.unlock();
            }
        }
    }

    private Outcome decideLocked(List<Line> lines, boolean take, long now) {
        List<Charged> charged = new ArrayList<>(lines.size());
        boolean allowed = true;
        for (Line line : lines) {
            Charged charge = charge(line, now);
            charged.add(charge);
            allowed &= charge.verdict.allowed();
        }
        boolean keep = allowed && take;
        if (!keep) {
            for (int i = charged.size() - 1; i >= 0; i--) {
                charged.get(i).takeBack();
            }
        }
        if (take && !allowed) {
            charged.forEach(Charged::mend);
        }
        List<State> states = new ArrayList<>(lines.size());
        for (Charged charge : charged) {
            State state = charge.verdict.state(keep);
            states.add(state == null ? new State(now, 0) : state);
        }
        return new Outcome(allowed, keep, now, states);
    }

    private Charged charge(Line line, long now) {
        Segment segment = segments[segmentOf(line.id())];
        assert segment.lock.isHeldByCurrentThread();
        State own = segment.own.get(line.id());
        State shared = own == null ? segment.shared.get(line.limitId()) : null;
        boolean sharing = own == null && !hasRoom(segment, now);
        State stored = own == null ? shared : own;
        Verdict verdict = line.algorithm().decide(merged(line, stored, now), now, line.cost());
        Charged charge = new Charged(segment, line, sharing, sharing ? shared : own, verdict);
        charge.write();
        return charge;
    }

    /** One line with what it takes to undo it. The bucket is its own or, if {@code sharing}, that of its limit. */
    private final class Charged {
        private final Segment segment;
        private final Line line;
        private final boolean sharing;
        private final @Nullable State previous;
        private final Verdict verdict;

        Charged(Segment segment, Line line, boolean sharing, @Nullable State previous, Verdict verdict) {
            this.segment = segment;
            this.line = line;
            this.sharing = sharing;
            this.previous = previous;
            this.verdict = verdict;
        }

        void write() {
            if (!verdict.allowed()) {
                return;
            }
            if (sharing) {
                segment.shared.put(line.limitId(), verdict.after());
                sharedCharges.increment();
            } else if (segment.own.put(line.id(), verdict.after()) == null) {
                segment.hand.addLast(line.id());
                keys.increment();
            }
        }

        // A charged bucket is not full, so no later line of the same call can have swept it away.
        void takeBack() {
            if (!verdict.allowed()) {
                return;
            }
            if (sharing) {
                restore(segment.shared, line.limitId());
                sharedCharges.decrement();
            } else if (previous == null) {
                segment.own.remove(line.id());
                segment.hand.removeLastOccurrence(line.id());
                keys.decrement();
            } else {
                segment.own.put(line.id(), previous);
            }
        }

        // A state from before the clock went back, if it is stored here: a denied call may not pay, but it may mend.
        private void mend() {
            State before = verdict.before();
            if (verdict.mended() && previous != null && before != null) {
                Map<String, State> home = sharing ? segment.shared : segment.own;
                home.put(sharing ? line.limitId() : line.id(), before);
            }
        }

        private void restore(Map<String, State> home, String id) {
            if (previous == null) {
                home.remove(id);
            } else {
                home.put(id, previous);
            }
        }
    }

    private boolean hasRoom(Segment segment, long now) {
        int looks = segment.own.size() < keysPerSegment ? LOOKS_WITH_ROOM : LOOKS_WITHOUT_ROOM;
        for (int i = Math.min(looks, segment.hand.size()); i > 0; i--) {
            String id = segment.hand.removeFirst();
            State state = segment.own.get(id);
            if (state == null || state.hasPassed(now)) {
                segment.own.remove(id);
                keys.decrement();
            } else {
                segment.hand.addLast(id);
            }
        }
        if (segment.own.size() < keysPerSegment) {
            return true;
        }
        segment.shared.values().removeIf(state -> state.hasPassed(now));
        return false;
    }

    private static @Nullable State merged(Line line, @Nullable State stored, long now) {
        State known = line.known();
        if (stored == null || known == null) {
            return stored == null ? known : stored;
        }
        return line.algorithm().merge(stored, known, now);
    }

    private int segmentOf(String id) {
        long hash = seed;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash & (segments.length - 1);
    }
}
