package dev.wellhead.ratelimit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The bucket of one key: a state that moves by compare-and-set. {@link LocalBuckets} says who may move it. Thread-safe.
 */
final class Bucket {
    // Beyond every moment that a state can tell, so a mark has never passed, and no sweep takes it.
    private static final long MARK = Long.MAX_VALUE;
    private static final State HELD = new State(MARK, 0);
    private static final State GONE = new State(MARK, 0);
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Bucket.class, "state", State.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final BucketKey key;
    private volatile State state = HELD;

    /** Makes one that its maker holds. */
    Bucket(BucketKey key) {
        this.key = key;
    }

    BucketKey key() {
        return key;
    }

    /** Returns the state, or a mark if it {@link #isMark must not be used}. */
    State state() {
        return state;
    }

    /** Returns whether what was read is no state: somebody holds the bucket, or it has gone. */
    static boolean isMark(State read) {
        return read.micros() == MARK;
    }

    /** Moves the state unless somebody was quicker. */
    boolean move(State from, State to) {
        return STATE.compareAndSet(this, from, to);
    }

    /** Takes the state away until {@link #release}. Nobody may hold it already. */
    State hold() {
        return (State) STATE.getAndSet(this, HELD);
    }

    /** Puts down a state. Only for who holds the bucket. */
    void release(State left) {
        state = left;
    }

    /** Takes the bucket out of use for good. Only for who holds it. */
    void drop() {
        state = GONE;
    }

    /** Takes the bucket out of use for good, unless the state has moved meanwhile. */
    boolean drop(State from) {
        return move(from, GONE);
    }
}
