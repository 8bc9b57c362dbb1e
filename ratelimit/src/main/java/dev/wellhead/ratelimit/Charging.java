package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.LocalBuckets.Line;
import org.jspecify.annotations.Nullable;

/** One charge of several while its segment is locked, with what it takes to undo it. For one thread. */
final class Charging {
    private final Segment segment;
    private final Line line;
    // Its own, held; null if the key has none, or shares one.
    private @Nullable Bucket bucket;
    // Of the bucket that is charged, its own or the shared one; null if nothing was taken there.
    private @Nullable State previous;
    private boolean added;
    private boolean sharing;
    private @Nullable Verdict verdict;

    /** Holds the bucket if the key has one. */
    Charging(Segment segment, Line line) {
        this.segment = segment;
        this.line = line;
        bucket = segment.own(line.bucket());
        previous = bucket == null ? null : bucket.hold();
    }

    /** Decides, and charges if it is allowed; a shared bucket at once, as others of the same ask may share it. */
    Verdict decide(long now) {
        String limitId = line.bucket().limitId();
        State stored = previous;
        if (bucket == null) {
            stored = segment.shared(limitId);
            sharing = !segment.hasRoom(now);
            previous = sharing ? stored : null;
        }
        Verdict decided = line.decide(stored, now);
        verdict = decided;
        if (decided.allowed() && sharing) {
            segment.share(limitId, decided.after());
        } else if (decided.allowed() && bucket == null) {
            bucket = segment.add(line.bucket());
            added = true;
        }
        return decided;
    }

    /** Returns whether it was charged to a bucket that others share. */
    boolean isShared() {
        return sharing && verdict != null && verdict.allowed();
    }

    /** Lets the bucket go, charged. */
    void keep() {
        if (bucket != null && verdict != null) {
            bucket.release(verdict.after());
        }
    }

    /** Takes the charge out of the bucket; of several that share one, the last first. Not more than once. */
    void takeBack() {
        if (isShared()) {
            segment.share(line.bucket().limitId(), previous);
        } else if (added && bucket != null) {
            segment.remove(bucket);
        } else if (bucket != null && previous != null) {
            bucket.release(previous);
        }
    }

    /**
     * Puts a state right that is from before the clock went back, once all is taken back: who does not pay may mend.
     */
    void mend() {
        State before = verdict == null || !verdict.mended() ? null : verdict.before();
        if (before == null || previous == null) {
            return;
        }
        if (sharing) {
            segment.share(line.bucket().limitId(), before);
        } else if (bucket != null) {
            bucket.move(previous, before);
        }
    }
}
