package dev.wellhead.ratelimit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Says which keys of its part have a bucket of their own. Everything but the lock is for who has that. */
final class Segment {
    /*
     * `hand` holds each own bucket of this segment exactly once. Each new key looks at the next few and frees those
     * that are full again: a scan that costs little and gets round. `shared` holds one bucket a limit: the host bounds
     * their number.
     */
    private static final int LOOKS_WITH_ROOM = 2;
    private static final int LOOKS_WITHOUT_ROOM = 8;

    final ReentrantLock lock = new ReentrantLock();
    // Of all segments; each changes its own keys.
    private final ConcurrentMap<BucketKey, Bucket> own;
    private final int most;
    // Guarded by lock.
    private final Deque<Bucket> hand = new ArrayDeque<>();
    private final Map<String, State> shared = new HashMap<>();

    /** @param most how many keys may have a bucket of their own */
    Segment(ConcurrentMap<BucketKey, Bucket> own, int most) {
        this.own = own;
        this.most = most;
    }

    @Nullable Bucket own(BucketKey key) {
        assert lock.isHeldByCurrentThread();
        return own.get(key);
    }

    /** Returns a new bucket, held. */
    Bucket add(BucketKey key) {
        assert lock.isHeldByCurrentThread();
        Bucket bucket = new Bucket(key);
        own.put(key, bucket);
        hand.addLast(bucket);
        return bucket;
    }

    /** Undoes {@link #add}. */
    void remove(Bucket added) {
        assert lock.isHeldByCurrentThread();
        added.drop();
        own.remove(added.key());
        hand.removeLastOccurrence(added);
    }

    /** Returns the state of the bucket that the keys without their own share. */
    @Nullable State shared(String limitId) {
        assert lock.isHeldByCurrentThread();
        return shared.get(limitId);
    }

    /** Puts down the state of a shared bucket; null if nothing is taken. */
    void share(String limitId, @Nullable State left) {
        assert lock.isHeldByCurrentThread();
        if (left == null) {
            shared.remove(limitId);
        } else {
            shared.put(limitId, left);
        }
    }

    /** Returns whether one key more may have a bucket of its own. */
    boolean hasRoom(long now) {
        assert lock.isHeldByCurrentThread();
        int looks = hand.size() < most ? LOOKS_WITH_ROOM : LOOKS_WITHOUT_ROOM;
        for (int i = Math.min(looks, hand.size()); i > 0; i--) {
            Bucket bucket = hand.removeFirst();
            State state = bucket.state();
            if (state.hasPassed(now) && bucket.drop(state)) {
                own.remove(bucket.key());
            } else {
                hand.addLast(bucket);
            }
        }
        if (hand.size() < most) {
            return true;
        }
        shared.values().removeIf(state -> state.hasPassed(now));
        return false;
    }
}
