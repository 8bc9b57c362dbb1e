package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Decision.Source;
import java.util.List;

/**
 * Tells the callers of one trip what became of them. All are told how the limit stands behind the last of them. For one
 * thread; from the last caller to the first.
 */
final class Batch {
    private final RateLimiter limiter;
    private final State end;
    private final long nowMicros;
    // After the last that has not been told yet.
    private State charged;

    /** @param end the state behind all of them */
    Batch(RateLimiter limiter, State end, long nowMicros) {
        this.limiter = limiter;
        this.end = end;
        this.nowMicros = nowMicros;
        this.charged = end;
    }

    /** Tells callers with equal asks. */
    void deny(List<Caller> callers) {
        if (!callers.isEmpty()) {
            Decision decision = decision(callers.get(0).ask(), false);
            callers.forEach(caller -> caller.decide(() -> decision));
        }
    }

    /** Tells callers with equal asks. */
    void allow(List<Caller> callers) {
        if (callers.isEmpty()) {
            return;
        }
        Ask ask = callers.get(0).ask();
        Ask.Charge charge = callers.get(0).charge();
        Decision decision = decision(ask, true);
        for (int i = callers.size() - 1; i >= 0; i--) {
            Receipt receipt = Receipt.of(limiter, ask, List.of(charged));
            callers.get(i).decide(() -> decision.with(receipt));
            charged = charge.algorithm().uncharged(charged, charge.cost());
        }
    }

    /** Passes over what was taken for nobody yet. */
    void pass(Ask.Charge charge, int times) {
        for (int i = 0; i < times; i++) {
            charged = charge.algorithm().uncharged(charged, charge.cost());
        }
    }

    private Decision decision(Ask ask, boolean allowed) {
        Outcome outcome = new Outcome(allowed, allowed, nowMicros, List.of(end));
        return Decision.of(ask, ask.charges(), outcome, Ask.Charge::algorithm, Source.REDIS);
    }
}
