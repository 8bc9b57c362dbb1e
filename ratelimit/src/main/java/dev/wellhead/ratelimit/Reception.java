package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.redis.RedisUnavailableException;
import dev.wellhead.redis.RedisUnavailableException.Reason;

/** What is learnt from trips to Redis, and who decides when one brings no answer. Thread-safe. */
final class Reception {
    private final LastSeen lastSeen;
    private final Fallback fallback;
    private final Outage outage;
    private final DecisionCounter counter;

    Reception(LastSeen lastSeen, Fallback fallback, Outage outage, DecisionCounter counter) {
        this.lastSeen = lastSeen;
        this.fallback = fallback;
        this.outage = outage;
        this.counter = counter;
    }

    /** Redis decided. */
    void answered() {
        outage.answered();
    }

    /**
     * Notes how a limit stands.
     *
     * @param sentMicros when the question was sent, on our clock
     * @param absent whether Redis had no state of it
     */
    void observe(Charge charge, State state, long redisMicros, long sentMicros, boolean absent) {
        if (lastSeen.observe(charge.bucket(), state, redisMicros, sentMicros, absent)) {
            counter.stateLost();
            outage.stateLost(charge.limit());
        }
    }

    /** Notes a trip that failed. */
    void failed(RedisUnavailableException cause) {
        if (cause.reason() != Reason.BREAKER_OPEN) {
            counter.trip();
            counter.failedTrip();
        }
    }

    /** Notes a trip that came too late. */
    void late() {
        counter.lateRefusal();
    }

    /** Decides without Redis. */
    Decision fallBack(Ask ask, boolean take, String why) {
        outage.fellBack(why);
        return fallback.decide(ask, take);
    }
}
