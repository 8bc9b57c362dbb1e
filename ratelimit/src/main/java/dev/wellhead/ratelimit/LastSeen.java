package dev.wellhead.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * The last state of each bucket that Redis told this node: what proves denials, where local buckets begin when Redis goes
 * away, and how lost state is noticed. Bounded; keys asked once cannot displace those asked often. Thread-safe.
 */
final class LastSeen {
    // How far the clock that expires keys may be from the one that TIME tells.
    private static final long GRACE_MICROS = 1_000_000;

    private final MicroClock clock;
    private final Cache<BucketKey, Seen> states;

    /**
     * A state as an answer told it.
     *
     * @param atMicros when, on Redis' clock: later answers win, in whichever order they arrive
     * @param sentMicros when the question was sent, on our clock
     * @param clockOffset what turns Redis' time into ours; at most one trip too late, so a debt seems rather greater
     */
    record Seen(State state, long atMicros, long sentMicros, long clockOffset) {
        /** Returns the state on our own clock, for any share of the limit. */
        State onOurClock(Algorithm algorithm) {
            return algorithm.moved(state, clockOffset);
        }
    }

    LastSeen(int maxKeys, MicroClock clock) {
        this.clock = clock;
        // No executor of Caffeine's own: what little upkeep there is runs with the calls.
        this.states = Caffeine.newBuilder()
                .maximumSize(maxKeys)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Notes a state.
     *
     * @param sentMicros when the question was sent, on our clock
     * @param absent whether Redis had no state for the bucket when the answer was made
     * @return whether it should have had one
     */
    boolean observe(BucketKey bucket, State state, long redisMicros, long sentMicros, boolean absent) {
        Seen before = states.getIfPresent(bucket);
        if (before == null && state.hasPassed(redisMicros)) {
            return false;
        }
        boolean lost = absent
                && before != null
                && before.atMicros() < redisMicros
                && before.state().micros() > redisMicros + GRACE_MICROS;
        Seen now = new Seen(state, redisMicros, sentMicros, clock.micros() - redisMicros);
        states.asMap().merge(bucket, now, (old, fresh) -> fresh.atMicros() >= old.atMicros() ? fresh : old);
        return lost;
    }

    /** Returns what was told last; null if nothing is known. */
    @Nullable Seen get(BucketKey bucket) {
        return states.getIfPresent(bucket);
    }
}
